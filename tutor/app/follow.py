"""Following a training: reads its events and makes pictures of how it stands. Imports no Textual.

A :class:`Follower` lives in one thread; a :class:`Snapshot` is frozen and may go to another.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Literal

import msgspec

from tutor.draw.inspected import inspected
from tutor.lab.curve_view import HALF_LIVES, CurveView, smoothed
from tutor.lab.decimate import min_max
from tutor.lab.experiments import title_of
from tutor.lab.follow import LOSS_OVER_STEPS
from tutor.lab.gpu import GpuGauge
from tutor.lab.run_state import EventReader, RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from tutor.draw.inspected import Inspected
    from tutor.lab.events import Started
    from tutor.lab.run_state import Curves
    from tutor.lab.runs import Run, Wish

Phase = Literal["loading", "running", "pausing", "paused", "stopping", "stopped", "finished", "failed"]
AS_IT_IS = CurveView()
OVER: tuple[Phase, ...] = ("stopped", "finished", "failed")


@dataclass(frozen=True)
class Line:
    """A curve, thinned out to the width that it is drawn at."""

    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class NetworkCurves:
    """What is drawn of one network: training loss, test loss and test accuracy, each by step."""

    network: str
    title: str
    loss: Line
    test_loss: Line
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
        learning_rate: the newest, where the training tells it.
        seconds_left: until the experiment ends, as the training expects it.
        seconds: how long it took, once it has ended.
        curves: what is drawn; those of other runs come last.
        results: once there is something to compare, the networks beside the slides.
        networks: what was seen in each, beside its curves.
        gpu: what the GPU that it is trained on does now, by name.
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
    learning_rate: float | None = None
    seconds_left: float | None = None
    seconds: float | None = None
    curves: tuple[NetworkCurves, ...] = ()
    results: RenderableType | None = None
    networks: tuple[Inspected, ...] = ()
    gpu: tuple[tuple[str, str], ...] = ()

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
        self._gauge = GpuGauge()

    def look(self, columns: int, view: CurveView = AS_IT_IS, beside: Sequence[Follower] = ()) -> Snapshot:
        """Read what is new, and say how the training stands.

        Args:
            columns: how many columns a curve is drawn at.
            view: how the curves are looked at.
            beside: other runs, whose curves are drawn too.
        """
        try:
            self._reader.catch_up(self._state)
            wish = self.run.wish()
        except (OSError, msgspec.MsgspecError, KeyError) as error:
            return Snapshot("failed", f"this training's record cannot be read: {error}", "Start another one.")
        others = tuple(curves for other in beside for curves in other.named_curves(columns, view))
        snapshot = self._snapshot(self._phase(wish), columns, view)
        return replace(snapshot, curves=snapshot.curves + others)

    def named_curves(self, columns: int, view: CurveView) -> list[NetworkCurves]:
        """The curves with the run's name, as they are drawn beside another's; none where it cannot be read."""
        try:
            self._reader.catch_up(self._state)
        except (OSError, msgspec.MsgspecError, KeyError):
            return []
        drawn = _curves(self._state, columns, view)
        return [replace(curves, title=f"{_began(self.run)}: {curves.title}") for curves in drawn]

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

    def _snapshot(self, phase: Phase, columns: int, view: CurveView) -> Snapshot:
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
            state.learning_rate,
            state.seconds_left,
            state.seconds,
            _curves(state, columns, view),
            self._results(phase),
            inspected(state),
            tuple(self._gauge.read(state.gpu).named()),
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


def _began(run: Run) -> str:
    """When a run was started, for people; its name where that does not say it."""
    try:
        return time.strftime("%d %b %H:%M", time.strptime(run.id[:15], "%Y%m%d-%H%M%S"))
    except ValueError:
        return run.id


def _curves(state: RunState, columns: int, view: CurveView) -> tuple[NetworkCurves, ...]:
    return tuple(_network_curves(network, curves, columns, view) for network, curves in state.curves.items())


def _network_curves(network: str, curves: Curves, columns: int, view: CurveView) -> NetworkCurves:
    first = view.first_step(len(curves.losses))
    losses = smoothed(curves.losses, HALF_LIVES[view.smoothing])[first - 1 :]
    steps, losses = min_max(losses, columns)
    tests = [test for test in curves.tests if test.step >= first]
    tested = [float(test.step) for test in tests]
    return NetworkCurves(
        network,
        title_of(network),
        Line([first - 1 + step for step in steps], list(map(view.of_loss, losses))),
        Line(tested, [view.of_loss(test.loss) for test in tests]),
        Line(tested, [test.accuracy for test in tests]),
    )
