"""Makes a comparison: trains in a process of its own what is not trained yet, keeps each cell, and shows how far it is.

Imports no torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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
from tutor.lab.apart import Trainers, messages_of, train_apart
from tutor.lab.cells import cells_of, file_of
from tutor.lab.comparison import Cell, Going, Message, Setting, Work, findings
from tutor.lab.events import Failed, Loading
from tutor.lab.experiments import title_of
from tutor.spread.scheduler import connected
from tutor.spread.window import results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from rich.console import Console, RenderableType

    from tutor.lab.cells import CellsFile
    from tutor.lab.comparison import ComparisonPlan, Findings
    from tutor.spread.scheduler import Scheduler


def compare(
    plan: ComparisonPlan, folder: Path, console: Console, *, jobs: int = 1, scheduler: Scheduler | None = None
) -> Findings:
    """Make a comparison, or go on with it where it was; one that is whole is only read.

    Args:
        folder: where comparisons are kept.
        console: where is shown how far it is; stderr, as stdout is for results.
        jobs: how many networks are trained at once, on this machine.
        scheduler: whose workers train them instead.

    Raises:
        TutorError: it cannot be made; the cells that are trained are kept.
        KeyboardInterrupt: Ctrl-C; the same, and it was said.
    """
    with cells_of(plan, folder) as cells:
        if cells.missing:
            try:
                if jobs == 1 and scheduler is None:
                    _train(cells, file_of(plan, folder).with_suffix(".log"), console)
                else:
                    _spread(cells, jobs, scheduler, console)
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
            _take(message, cells, f"Where it happened: {log}")
            progress.add(message)
            show(message)
    if cells.missing:
        raise TutorError(
            "The training process ended without a word: it was killed, or crashed, or the memory ran out.",
            f"What is trained is kept: the same command goes on from there. What the process wrote: {log}",
        )


def _take(message: Message, cells: CellsFile, where: str) -> None:
    """Keep what a training says.

    Raises:
        TutorError: it could not be done.
    """
    match message:
        case Setting():
            cells.begin(message)
        case Cell():
            cells.keep(message)
        case Failed():
            raise TutorError(message.message, message.remedy or where)


def _spread(cells: CellsFile, jobs: int, scheduler: Scheduler | None, console: Console) -> None:
    """Train what is missing, several at once.

    Raises:
        TutorError: it cannot be done.
    """
    progress = Progress(cells, loading="training", at_once=jobs)
    works = [msgspec.json.encode(Work(cells.plan, (place,))) for place in cells.missing]
    with _shown(progress, console) as show, _executor(jobs, scheduler) as (executor, at_once, train):
        progress.at_once = at_once
        has_begun = cells.setting is not None
        for said in results(executor, train, works, at_once):
            for message in messages_of(said):
                _take(message, cells, "")
                if not (isinstance(message, Setting) and has_begun):
                    progress.add(message)
                    show(message)
                has_begun = has_begun or isinstance(message, Setting)


@contextmanager
def _executor(jobs: int, scheduler: Scheduler | None) -> Iterator[tuple[Executor, int, Callable[[bytes], list[bytes]]]]:
    """What trains several at once, how many, and what it is asked to do."""
    if scheduler is None:
        trainers = Trainers(threads=max(1, (os.cpu_count() or 1) // jobs))
        executor = ThreadPoolExecutor(jobs)
        try:
            yield executor, jobs, trainers.train
        finally:
            trainers.end()
            executor.shutdown(cancel_futures=True)
        return
    with connected(scheduler) as (workers, at_once):
        yield workers, at_once, train_apart


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
        at_once: how many are trained side by side.
    """

    cells: CellsFile
    loading: str = "starting"
    at_once: int = 1
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
        left = ahead - self.share * (expected(self.going.network) if self.going else 0.0)
        return left / min(self.at_once, len(self.cells.missing) or 1)


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
