"""A training in a plain terminal: bars where the cursor can be moved, a line for each test where it cannot.

Imports no torch.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tutor.draw import linear
from tutor.draw.duration import duration
from tutor.lab.datasets import SYNTHETIC
from tutor.lab.events import (
    Loading,
    OutOfMemory,
    Paused,
    RateChanged,
    Reached,
    Restored,
    Resumed,
    Started,
    Tested,
    encode,
)
from tutor.lab.experiments import title_of
from tutor.lab.gpu import NOTHING, GpuGauge
from tutor.lab.launching import stop_run
from tutor.lab.run_state import EventReader, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from rich.console import Console, RenderableType

    from tutor.lab.events import Event
    from tutor.lab.gpu import GpuFigures
    from tutor.lab.runs import Run

LOOK_EVERY_S = 0.2
# A single batch's loss jumps about too much to be read as a number.
LOSS_OVER_STEPS = 20
SEPARATOR = " · "


def follow(
    run: Run,
    process: subprocess.Popen[bytes] | None,
    console: Console,
    *,
    headless: bool = False,
    events_to: BinaryIO | None = None,
) -> RunState:
    """Show a training until it ends.

    Args:
        process: the run's process, where it is ours to stop; None where one only looks at it.
        console: where it is shown; stderr, as stdout is for results.
        headless: whether each test gets a line, in a terminal too.
        events_to: where the events go as they are, a JSON object a line; nothing else is shown then.

    Returns:
        All that the training has said. Where it died without a word, it has failed, and says so.

    Raises:
        KeyboardInterrupt: Ctrl-C, if the process is ours; the training was stopped, its process has ended, and it was
            said where the run is.
    """
    state, gauge = RunState(), GpuGauge()
    try:
        if events_to is not None:
            _look(run, process, state, lambda events: _pass_on(events, events_to))
        elif console.is_terminal and not console.is_dumb_terminal and not headless:
            with Live(console=console, auto_refresh=False) as live:

                def draw(_: list[Event]) -> None:
                    live.update(progress_view(state, gauge.read(state.gpu)), refresh=True)

                _look(run, process, state, draw)
        else:
            _look(run, process, state, lambda events: _print_lines(console, events, state, gauge))
    except KeyboardInterrupt:
        if process is None:
            console.print(Text(f"The training goes on. To see it again: cnn-tutor runs {run.id}"), soft_wrap=True)
            return state
        console.print("Stopping the training …")
        try:
            stop_run(run, process)
        except KeyboardInterrupt:
            process.kill()
            process.wait()
        console.print(Text(f"Stopped. What it has said until now is kept in {run.folder}"), soft_wrap=True)
        console.print(Text(f"To go on with it: cnn-tutor train --resume {run.id}"), soft_wrap=True)
        raise
    return state


def _look(
    run: Run, process: subprocess.Popen[bytes] | None, state: RunState, show: Callable[[list[Event]], None]
) -> None:
    """Look at a training a few times a second until it ends."""
    reader = EventReader(run)
    show(reader.catch_up(state))
    while not state.ended:
        if process is None:
            time.sleep(LOOK_EVERY_S)
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY_S)
        show(reader.catch_up(state))
    if process is not None:
        process.wait()


def _pass_on(events: list[Event], to: BinaryIO) -> None:
    to.write(b"".join(map(encode, events)))
    to.flush()


def _print_lines(console: Console, events: list[Event], state: RunState, gauge: GpuGauge) -> None:
    for event in events:
        gpu = gauge.read(state.gpu) if isinstance(event, Tested) else NOTHING
        if line := line_of(event, state, gpu):
            as_shown = line.replace(SEPARATOR, ", ").replace("  ", ", ") if linear.is_wanted() else line
            console.print(Text(as_shown), soft_wrap=True)


def progress_view(state: RunState, gpu: GpuFigures = NOTHING) -> RenderableType:
    """How a training stands: a bar for each network, and below them what holds for all."""
    if state.started is None:
        return Text(f"{state.loading or 'starting'} …")
    bars = Table.grid(padding=(0, 2, 0, 0))
    for network, curves in state.curves.items():
        steps = len(curves.losses)
        bars.add_row(
            title_of(network),
            ProgressBar(total=state.started.steps, completed=steps, width=12),
            f"{steps}/{state.started.steps}",
            _loss(curves.losses) if steps else "",
            _accuracy(curves.tests[-1]) if curves.tests else "",
        )
    below = (_setting(state.started), _pace(state), _gpu(gpu))
    return Group(bars, *(Text(_facts(facts), "dim") for facts in below if facts))


def line_of(event: Event, state: RunState, gpu: GpuFigures = NOTHING) -> str:
    """An event in one line, or empty where it is not worth one.

    Args:
        state: how the training stands, this event taken in.
        gpu: what the GPU does now.
    """
    match event:
        case Loading():
            return f"{event.what} …"
        case Started():
            return _facts(_setting(event))
        case Tested():
            step = f"step {event.step}/{state.started.steps}" if state.started else f"step {event.step}"
            loss = _loss(state.curves[event.network].losses[: event.step])
            now = _facts([*_pace(state), *_gpu(gpu)])
            return "  ".join((title_of(event.network), step, loss, _accuracy(event), now))
        case Restored():
            damaged = f" ({', '.join(event.damaged)} is damaged, and was passed over)" if event.damaged else ""
            return f"{title_of(event.network)}  going on after step {event.step}{damaged}"
        case Reached():
            return f"{title_of(event.network)}  the target is reached after step {event.step}"
        case RateChanged():
            return f"learning rate {event.learning_rate:.3g} from now on"
        case OutOfMemory():
            return (
                f"{title_of(event.network)}  the memory is too small for {event.batch_size} samples at once: "
                f"{event.at_once} go together from now on, and a step still takes {event.batch_size}"
            )
        case Paused():
            return "paused"
        case Resumed():
            return "going on"
    return ""


def _loss(losses: Sequence[float]) -> str:
    return f"loss {fmean(losses[-LOSS_OVER_STEPS:]):.3f}"


def _accuracy(test: Tested) -> str:
    return f"test {test.accuracy:.2f} %"


def _setting(started: Started) -> list[str]:
    sizes = f"{started.train_size:,} + {started.test_size:,}"
    dataset = "synthetic digits, not MNIST" if started.dataset == SYNTHETIC else started.dataset
    return [f"{dataset}, {sizes} images", started.device_name, f"seed {started.seed}"]


def _pace(state: RunState) -> list[str]:
    """How fast it goes and how long it will take, or what it does instead."""
    if state.paused:
        return ["paused"]
    if state.seconds is not None:
        return [f"{state.outcome} after {duration(state.seconds)}"]
    if state.seconds_left is None:
        return []
    rate = [f"lr {state.learning_rate:.3g}"] if state.learning_rate is not None else []
    return [f"{state.samples_per_s:,.0f} samples/s", *rate, f"{duration(state.seconds_left)} left"]


def _gpu(figures: GpuFigures) -> list[str]:
    return [f"{name} {figure}" for name, figure in figures.named()]


def _facts(facts: list[str]) -> str:
    return SEPARATOR.join(facts)
