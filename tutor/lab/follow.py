"""A training in a plain terminal: bars where the cursor can be moved, a line for each test where it cannot.

Imports no torch.
"""

from __future__ import annotations

import subprocess
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
from tutor.lab.events import Loading, Paused, Resumed, Started, Tested
from tutor.lab.experiments import NETWORK_TITLES
from tutor.lab.runs import EventReader, RunState, stop_run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, RenderableType

    from tutor.lab.events import Event
    from tutor.lab.runs import Run

LOOK_EVERY_S = 0.2
# A single batch's loss jumps about too much to be read as a number.
LOSS_OVER_STEPS = 20
SEPARATOR = " · "


def follow(run: Run, process: subprocess.Popen[bytes], console: Console) -> RunState:
    """Show a training until it ends.

    Args:
        process: the run's process.
        console: where it is shown; stderr, as stdout is for results.

    Returns:
        All that the training has said. Where it died without a word, it has failed, and says so.

    Raises:
        KeyboardInterrupt: Ctrl-C; the training was stopped, its process has ended, and it was said where the run is.
    """
    state = RunState()
    try:
        if console.is_terminal and not console.is_dumb_terminal:
            with Live(console=console, auto_refresh=False) as live:
                _look(run, process, state, lambda _: live.update(progress_view(state), refresh=True))
        else:
            _look(run, process, state, lambda events: _print_lines(console, events, state))
    except KeyboardInterrupt:
        console.print("Stopping the training …")
        try:
            stop_run(run, process)
        except KeyboardInterrupt:
            process.kill()
            process.wait()
        console.print(Text(f"Stopped. What it has said until now is kept in {run.folder}"), soft_wrap=True)
        raise
    return state


def _look(run: Run, process: subprocess.Popen[bytes], state: RunState, show: Callable[[list[Event]], None]) -> None:
    """Look at a training a few times a second until it ends."""
    reader = EventReader(run)
    while not state.ended:
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_EVERY_S)
        show(reader.catch_up(state))
    process.wait()


def _print_lines(console: Console, events: list[Event], state: RunState) -> None:
    for event in events:
        if line := line_of(event, state):
            as_shown = line.replace(SEPARATOR, ", ").replace("  ", ", ") if linear.is_wanted() else line
            console.print(Text(as_shown), soft_wrap=True)


def progress_view(state: RunState) -> RenderableType:
    """How a training stands: a bar for each network, and below them what holds for all."""
    if state.started is None:
        return Text(f"{state.loading or 'starting'} …")
    bars = Table.grid(padding=(0, 2, 0, 0))
    for network, curves in state.curves.items():
        steps = len(curves.losses)
        bars.add_row(
            _title(network),
            ProgressBar(total=state.started.steps, completed=steps, width=12),
            f"{steps}/{state.started.steps}",
            _loss(curves.losses) if steps else "",
            _accuracy(curves.tests[-1]) if curves.tests else "",
        )
    return Group(bars, Text(_facts(_setting(state.started)), "dim"), Text(_facts(_pace(state)), "dim"))


def line_of(event: Event, state: RunState) -> str:
    """An event in one line, or empty where it is not worth one.

    Args:
        state: how the training stands, this event taken in.
    """
    match event:
        case Loading():
            return f"{event.what} …"
        case Started():
            return _facts(_setting(event))
        case Tested():
            step = f"step {event.step}/{state.started.steps}" if state.started else f"step {event.step}"
            loss = _loss(state.curves[event.network].losses[: event.step])
            return "  ".join((_title(event.network), step, loss, _accuracy(event), _facts(_pace(state))))
        case Paused():
            return "paused"
        case Resumed():
            return "going on"
    return ""


def _title(network: str) -> str:
    return NETWORK_TITLES.get(network, network)


def _loss(losses: Sequence[float]) -> str:
    return f"loss {fmean(losses[-LOSS_OVER_STEPS:]):.3f}"


def _accuracy(test: Tested) -> str:
    return f"test {test.accuracy:.2f} %"


def _setting(started: Started) -> list[str]:
    sizes = f"{started.train_size:,} + {started.test_size:,}"
    dataset = "synthetic digits, not MNIST" if started.dataset == "synthetic" else started.dataset
    return [f"{dataset}, {sizes} images", started.device_name, f"seed {started.seed}"]


def _pace(state: RunState) -> list[str]:
    """How fast it goes and how long it will take, or what it does instead."""
    if state.paused:
        return ["paused"]
    if state.seconds is not None:
        return [f"{state.outcome} after {duration(state.seconds)}"]
    if state.seconds_left is None:
        return []
    return [f"{state.samples_per_s:,.0f} samples/s", f"{duration(state.seconds_left)} left"]


def _facts(facts: list[str]) -> str:
    return SEPARATOR.join(facts)
