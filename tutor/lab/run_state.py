"""What a run has said until now, read as it is appended and folded together. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.lab.events import (
    Classified,
    Ended,
    Event,
    Failed,
    LayerStatistics,
    Loading,
    Outcome,
    Paused,
    Restored,
    Resumed,
    Started,
    Steps,
    Tested,
    decode,
)

if TYPE_CHECKING:
    from tutor.lab.runs import Run


@dataclass
class Curves:
    """What is known of one network's training so far.

    Attributes:
        losses: the training loss of every step; index 0 is step 1.
        tests: the tests on the whole test set, oldest first.
        layers: what was measured in its layers, oldest first.
        classified: what it took the test set's images for, oldest first.
    """

    losses: list[float] = field(default_factory=list)
    tests: list[Tested] = field(default_factory=list)
    layers: list[LayerStatistics] = field(default_factory=list)
    classified: list[Classified] = field(default_factory=list)

    def go_back(self, step: int, tested_after: int) -> None:
        """Forget what came after a step, and after a test."""
        del self.losses[step:]
        self.tests = [test for test in self.tests if test.step <= tested_after]
        self.layers = [looked for looked in self.layers if looked.step <= tested_after]
        self.classified = [looked for looked in self.classified if looked.step <= tested_after]

    @property
    def accuracy(self) -> float | None:
        """The newest test accuracy in per cent, or None before the first test."""
        return self.tests[-1].accuracy if self.tests else None


@dataclass
class RunState:
    """All that a run's events say, folded together as they arrive.

    Attributes:
        loading: what it does before it starts, in words.
        started: what is trained on what, or None while it still loads.
        curves: what is known of each network, by name.
        network: the network in training, or empty.
        samples_per_s: the newest rate.
        learning_rate: the newest, or None before the first step.
        seconds_left: the newest expectation for the whole experiment.
        paused: whether it waits because it was asked to.
        outcome: how it ended, or None while it runs or where it failed.
        seconds_before: how long it took until its last process took it up again.
        seconds: how long it took in all, or None while it runs.
        failed: why it could not go on, or None.
    """

    loading: str = ""
    started: Started | None = None
    curves: dict[str, Curves] = field(default_factory=dict)
    network: str = ""
    samples_per_s: float = 0.0
    learning_rate: float | None = None
    seconds_left: float | None = None
    paused: bool = False
    outcome: Outcome | None = None
    seconds_before: float = 0.0
    seconds: float | None = None
    failed: Failed | None = None

    @property
    def ended(self) -> bool:
        """Whether no more events will come."""
        return self.outcome is not None or self.failed is not None

    @property
    def gpu(self) -> str:
        """The UUID of the GPU that it is trained on; empty where it is none of NVIDIA's, or it has ended."""
        return self.started.gpu if self.started and not self.ended else ""

    def add(self, event: Event) -> None:
        """Take in the next event."""
        match event:
            case Loading():
                self.loading = event.what
                self.outcome, self.seconds, self.failed, self.paused = None, None, None, False
            case Started():
                self.started, self.seconds_before = event, 0.0
                self.curves = {network: Curves() for network in event.networks}
            case Restored():
                self._go_back(event)
            case Steps():
                self.network = event.network
                self.curves[event.network].losses.extend(event.losses)
                self.samples_per_s = event.samples_per_s
                self.learning_rate = event.learning_rate
                self.seconds_left = event.seconds_left
            case Tested():
                self.curves[event.network].tests.append(event)
            case LayerStatistics():
                # Before the first step it may have been told already, by a process that was killed then.
                layers = self.curves[event.network].layers
                layers[:] = [*(looked for looked in layers if looked.step < event.step), event]
            case Classified():
                self.curves[event.network].classified.append(event)
            case Paused():
                self.paused = True
            case Resumed():
                self.paused = False
            case Ended():
                self.outcome, self.paused = event.outcome, False
                self.seconds = self.seconds_before + event.seconds
            case Failed():
                self.failed, self.paused = event, False

    def _go_back(self, event: Restored) -> None:
        self.network, self.seconds_before = event.network, event.seconds
        begun = True
        for network, curves in self.curves.items():
            if network == event.network:
                curves.go_back(event.step, event.tested_after)
                begun = False
            elif not begun:
                curves.go_back(0, 0)


class EventReader:
    """Reads a run's events as they are appended; a line that is only half written is left for the next time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._offset = 0

    def read(self) -> list[Event]:
        """The events since the last call, oldest first."""
        with self._run.events_file.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [decode(line) for line in whole.splitlines()]

    def catch_up(self, state: RunState) -> list[Event]:
        """Let ``state`` take in the events since the last call.

        Where the process has ended without a word, e.g. because it was killed, the state has failed and says so: a
        run that is not alive has always ended.

        Returns:
            What the state has taken in, oldest first.
        """
        # Asked before the events are read: what the training says last must not be taken for silence.
        alive = self._run.alive()
        events = self.read()
        for event in events:
            state.add(event)
        if not alive and not state.ended:
            events.append(_died(self._run))
            state.add(events[-1])
        return events


def state_of(run: Run) -> RunState:
    """All that a run has said until now."""
    state = RunState()
    EventReader(run).catch_up(state)
    return state


def _died(run: Run) -> Failed:
    lines = run.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    message = "The training's process ended without a word: it was killed, or crashed, or the memory ran out."
    return Failed(
        f"{message} The last that it wrote: {last}" if last else message, f"All that it wrote: {run.log_file}"
    )
