"""Following a training: reads its events and makes pictures of how it stands. Imports no Textual.

A :class:`Follower` lives in one thread; a :class:`Snapshot` is frozen and may go to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

import msgspec

from tutor.lab.decimate import min_max
from tutor.lab.experiments import title_of
from tutor.lab.follow import LOSS_OVER_STEPS
from tutor.lab.runs import EventReader, RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from tutor.lab.events import Started
    from tutor.lab.runs import Curves, Run, Wish

Phase = Literal["loading", "running", "pausing", "paused", "stopping", "stopped", "finished", "failed"]
OVER: tuple[Phase, ...] = ("stopped", "finished", "failed")


@dataclass(frozen=True)
class Line:
    """A curve, thinned out to the width that it is drawn at."""

    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class NetworkCurves:
    """What is drawn of one network: training loss by step, test accuracy by step."""

    network: str
    title: str
    loss: Line
    accuracy: Line


@dataclass(frozen=True)
class Snapshot:
    """How a training stands.

    Attributes:
        phase: what it does, or how it ended.
        words: more about the phase: what it loads, why it failed; may be empty.
        remedy: what to do about it; may be empty.
        started: what is trained on what, or None while it still loads.
        network: the network in training, or empty.
        step: how many of its steps it has done.
        loss: the newest training loss, the mean over some steps.
        accuracy: the newest test accuracy in per cent of the network in training.
        samples_per_s: the newest rate.
        seconds_left: until the experiment ends, as the training expects it.
        seconds: how long it took, once it has ended.
        curves: what is drawn.
        results: once there is something to compare, the networks beside the slides.
    """

    phase: Phase
    words: str = ""
    remedy: str = ""
    started: Started | None = None
    network: str = ""
    step: int = 0
    loss: float | None = None
    accuracy: float | None = None
    samples_per_s: float = 0.0
    seconds_left: float | None = None
    seconds: float | None = None
    curves: tuple[NetworkCurves, ...] = ()
    results: RenderableType | None = None

    @property
    def is_over(self) -> bool:
        """Whether the training has ended, well or not."""
        return self.phase in OVER


class Follower:
    """Reads one training's events and folds them together."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._reader = EventReader(run)
        self._state = RunState()

    def look(self, columns: int) -> Snapshot:
        """Read what is new, and say how the training stands.

        Args:
            columns: how many columns a curve is drawn at.
        """
        try:
            self._reader.catch_up(self._state)
            wish = self.run.wish()
        except (OSError, msgspec.MsgspecError, KeyError) as error:
            return Snapshot("failed", f"this training's record cannot be read: {error}", "Start another one.")
        return self._snapshot(self._phase(wish), columns)

    def _phase(self, wish: Wish) -> Phase:
        state = self._state
        if state.failed:
            return "failed"
        if state.outcome:
            return state.outcome
        if wish == "stop":
            return "stopping"
        if state.paused:
            return "paused"
        if state.started is None:
            return "loading"
        return "pausing" if wish == "pause" else "running"

    def _snapshot(self, phase: Phase, columns: int) -> Snapshot:
        state = self._state
        words, remedy = self._words(phase)
        current = state.curves.get(state.network)
        return Snapshot(
            phase,
            words,
            remedy,
            state.started,
            state.network,
            len(current.losses) if current else 0,
            fmean(current.losses[-LOSS_OVER_STEPS:]) if current and current.losses else None,
            current.accuracy if current else None,
            state.samples_per_s,
            state.seconds_left,
            state.seconds,
            tuple(_network_curves(network, curves, columns) for network, curves in state.curves.items()),
            self._results(phase),
        )

    def _words(self, phase: Phase) -> tuple[str, str]:
        state = self._state
        if state.failed:
            return state.failed.message, state.failed.remedy
        return (state.loading or "starting", "") if phase == "loading" else ("", "")

    def _results(self, phase: Phase) -> RenderableType | None:
        if phase not in OVER or not any(curves.tests for curves in self._state.curves.values()):
            return None
        from tutor.draw.results import results_view

        return results_view(self._state)


def _network_curves(network: str, curves: Curves, columns: int) -> NetworkCurves:
    steps, losses = min_max(curves.losses, columns)
    return NetworkCurves(
        network,
        title_of(network),
        Line(steps, losses),
        Line([test.step for test in curves.tests], [test.accuracy for test in curves.tests]),
    )
