"""Makes a comparison: trains in a process of its own what is not trained yet, keeps each cell, and shows how far it is.

Imports no torch.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import msgspec
from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tutor.draw.duration import duration
from tutor.errors import TutorError
from tutor.lab.cells import cells_of, file_of
from tutor.lab.comparison import Cell, Going, Message, Setting, Work, findings
from tutor.lab.events import Failed, Loading
from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rich.console import Console, RenderableType

    from tutor.lab.cells import CellsFile
    from tutor.lab.comparison import ComparisonPlan, Findings


def compare(plan: ComparisonPlan, folder: Path, console: Console) -> Findings:
    """Make a comparison, or go on with it where it was; one that is whole is only read.

    Args:
        folder: where comparisons are kept.
        console: where is shown how far it is; stderr, as stdout is for results.

    Raises:
        TutorError: it cannot be made; the cells that are trained are kept.
        KeyboardInterrupt: Ctrl-C; the same, and it was said.
    """
    with cells_of(plan, folder) as cells:
        if cells.missing:
            try:
                _train(cells, file_of(plan, folder).with_suffix(".log"), console)
            except KeyboardInterrupt:
                done, total = len(cells.cells), len(plan.cells)
                kept = f"Stopped. {done} of {total} trainings are kept: the same command goes on from there."
                console.print(Text(kept), soft_wrap=True)
                raise
        assert cells.setting is not None, "cells are only kept behind it"
        return findings(plan, cells.setting, cells.cells.values())


def _train(cells: CellsFile, log: Path, console: Console) -> None:
    """Train what is missing.

    Raises:
        TutorError: it cannot be done.
    """
    progress = Progress(cells)
    with _shown(progress, console) as show, _messages(Work(cells.plan, cells.missing), log) as messages:
        for message in messages:
            match message:
                case Setting():
                    cells.begin(message)
                case Cell():
                    cells.keep(message)
                case Failed():
                    raise TutorError(message.message, message.remedy or f"Where it happened: {log}")
            progress.add(message)
            show(message)
    if cells.missing:
        raise TutorError(
            "The training process ended without a word: it was killed, or crashed, or the memory ran out.",
            f"What is trained is kept: the same command goes on from there. What the process wrote: {log}",
        )


@contextmanager
def _messages(work: Work, log: Path) -> Iterator[Iterator[Message]]:
    """Start the process; when the block is left, it is ended: it has nothing that could be lost."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "tutor.lab.comparer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Ctrl-C is ours to hear.
            start_new_session=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # Where it is dead already, that is seen below: it says nothing.
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(msgspec.json.encode(work))
            yield (msgspec.json.decode(line, type=Message) for line in process.stdout if line.endswith(b"\n"))
        finally:
            process.kill()
            process.wait()


@dataclass
class Progress:
    """How far a comparison is.

    Attributes:
        cells: what is trained.
        loading: what is done before the first step, in words.
        going: the training that is on, or None.
    """

    cells: CellsFile
    loading: str = "starting"
    going: Going | None = None

    def add(self, message: Message) -> None:
        """Take in the next message."""
        match message:
            case Loading():
                self.loading = message.what
            case Setting():
                self.loading = "training"
            case Going():
                self.going = message
            case Cell():
                self.going = None

    @property
    def share(self) -> float:
        """Of the current training, 0 to 1."""
        return self.going.step / self.going.steps if self.going else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Expected time until the end, or None before the first training is done."""
        done = self.cells.cells.values()
        if not done:
            return None
        on_average = fmean(cell.seconds for cell in done)

        def expected(network: str) -> float:
            its = [cell.seconds for cell in done if cell.network == network]
            return fmean(its) if its else on_average

        ahead = sum(expected(network) for network, _ in self.cells.missing)
        return ahead - self.share * (expected(self.going.network) if self.going else 0.0)


@contextmanager
def _shown(progress: Progress, console: Console) -> Iterator[Callable[[Message], None]]:
    """Show how far it is: a bar where the cursor can be moved, else a line for each training."""
    if console.is_terminal and not console.is_dumb_terminal:
        with Live(progress_view(progress), console=console, auto_refresh=False, transient=True) as live:
            yield lambda _: live.update(progress_view(progress), refresh=True)
    else:

        def print_line(message: Message) -> None:
            if line := line_of(message, progress):
                console.print(Text(line), soft_wrap=True)

        yield print_line


def progress_view(progress: Progress) -> RenderableType:
    """How far a comparison is: a bar for all of it, and below it what is being done."""
    done, total = len(progress.cells.cells), len(progress.cells.plan.cells)
    left = "" if progress.seconds_left is None else f"{duration(progress.seconds_left)} left"
    bar = Table.grid(padding=(0, 2, 0, 0))
    bar.add_row(ProgressBar(total=total, completed=done + progress.share, width=30), f"{done} of {total}", left)
    going = progress.going
    if going is None:
        return Group(bar, Text(f"{progress.loading} …", "dim"))
    doing = f"{title_of(going.network)}, seed {going.seed} · step {going.step}/{going.steps} · loss {going.loss:.3f}"
    return Group(bar, Text(doing, "dim"))


def line_of(message: Message, progress: Progress) -> str:
    """A message in one line, or empty where it is not worth one.

    Args:
        progress: how far it is, the message taken in.
    """
    match message:
        case Loading():
            return f"{message.what} ..."
        case Setting():
            sizes = f"{message.train_size:,} + {message.test_size:,} images"
            return f"{message.dataset_in_words}, {sizes}, {message.device_name}"
        case Cell():
            done, total = len(progress.cells.cells), len(progress.cells.plan.cells)
            left = f", {duration(progress.seconds_left)} left" if progress.seconds_left else ""
            what = f"{title_of(message.network)}, seed {message.seed}"
            return f"{done} of {total}: {what}, test {message.accuracy:.2f} %{left}"
    return ""
