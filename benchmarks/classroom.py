"""A class graded: submissions a minute and memory, how both grow with the class, and what a scheduler costs.

    python -m benchmarks.classroom grows [LEARNERS...]     by default 10 100 1000, each with ten exercises
    python -m benchmarks.classroom spread [LEARNERS]       here, and on a scheduler's two workers, in turn

Aim: on two workers at least 0.8 of the rate here. ``python -m benchmarks.throughput`` compares with pytest and
otter-grader. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.measuring import PROGRAM, percentile
from tests.spread.conftest import Cluster
from tutor.classroom.gradebook import Gradebook
from tutor.course import builtin_course, load_course

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.course import Exercise

EXERCISES = 10
LEARNERS = (10, 100, 1000)
SPREAD_LEARNERS = 60
ROUNDS = 3
SAMPLE_EVERY_S = 0.5
MIB = 1 << 20


@dataclass(frozen=True)
class Graded:
    """How one class was graded.

    Attributes:
        submissions: how many of them.
        seconds: from the start of the command to its end.
        client_mib: memory of the command itself at its highest, resident.
        all_mib: of it and all that it had started, each shared page counted once.
        book_mib: the gradebook.
    """

    submissions: int
    seconds: float
    client_mib: float
    all_mib: float
    book_mib: float

    @property
    def a_minute(self) -> float:
        """Submissions."""
        return 60 * self.submissions / self.seconds


def main() -> None:
    """Measure and print."""
    what, *rest = sys.argv[1:] or ["grows"]
    counts = tuple(map(int, rest))
    exercises = [one for one in load_course(builtin_course()).exercises if not one.is_train][:EXERCISES]
    if what == "grows":
        grows(exercises, counts or LEARNERS)
    else:
        spread(exercises, counts[0] if counts else SPREAD_LEARNERS)


def grows(exercises: Sequence[Exercise], classes: Sequence[int]) -> None:
    """One class after the other, each from nothing, and once more with nothing to do."""
    print("| learners × exercises | submissions a minute | the command | all processes | gradebook | once more |")
    print("|---|---:|---:|---:|---:|---:|")
    for learners in classes:
        with a_class(exercises, learners) as folder:
            first, again = graded(folder, exercises), graded(folder, exercises)
        print(
            f"| {learners:,} × {len(exercises)} | {first.a_minute:.0f} | {first.client_mib:.0f} MiB "
            f"| {first.all_mib:.0f} MiB | {first.book_mib:.1f} MiB | {again.seconds:.1f} s |",
            flush=True,
        )


def spread(exercises: Sequence[Exercise], learners: int) -> None:
    """The same class here, on two cores, and on two workers, in turn; the first round, which warms up, not counted."""
    here, there = [], []
    with a_class(exercises, learners) as folder:
        (folder / "cluster").mkdir()
        cluster = Cluster(folder / "cluster")
        try:
            cluster.add_workers(2)
            for _ in range(ROUNDS + 1):
                here.append(graded(folder, exercises, "--jobs", "2", anew=True).a_minute)
                there.append(graded(folder, exercises, "--scheduler", cluster.address, anew=True).a_minute)
        finally:
            cluster.end()
    ours, theirs = percentile(here[1:], 0.5), percentile(there[1:], 0.5)
    print(f"| {learners} × {len(exercises)} | submissions a minute (median of {ROUNDS}) |")
    print("|---|---:|")
    print(f"| two engines here | {ours:.0f} |\n| two workers | {theirs:.0f} |\n| | {theirs / ours:.2f} × |")


@contextmanager
def a_class(exercises: Sequence[Exercise], learners: int) -> Iterator[Path]:
    """A folder with ``submissions/``: half of them right, no two the same."""
    with tempfile.TemporaryDirectory(prefix="cnn-class-") as made:
        root = Path(made)
        wrong = {one.slug: cycle(one.wrong) for one in exercises}
        for number in range(learners):
            name = f"learner{number:05}"
            for exercise in exercises:
                is_right = (number + exercise.number) % 2
                answer = exercise.reference_answer if is_right else next(wrong[exercise.slug])
                path = root / "submissions" / name / exercise.manifest.folder / exercise.filename
                path.parent.mkdir(parents=True)
                path.write_text(f"{exercise.program(answer, name)}\n# {name}\n", encoding="utf-8")
        yield root


def graded(folder: Path, exercises: Sequence[Exercise], *options: str, anew: bool = False) -> Graded:
    """Grade the class."""
    book = folder / "gradebook.sqlite"
    if anew:
        book.unlink(missing_ok=True)
    words = [PROGRAM, "grade", "submissions", "--book", book.name, *options]
    words += [word for one in exercises for word in ("--exercise", one.slug)]
    began = time.perf_counter()
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        memory = _Memory(process.pid)
        _, told = process.communicate()
        seconds = time.perf_counter() - began
    memory.end()
    assert process.returncode == 0, told.decode()
    with Gradebook(book) as kept:
        results = kept.results()
    right = [place for place, grade in results.grades.items() if grade.verdict is not None and grade.verdict.passed]
    expected = sum((number + one.number) % 2 for number in range(len(results.people)) for one in exercises)
    assert len(right) == expected, f"{len(right)} passed, and {expected} are right"
    return Graded(len(results.grades), seconds, memory.client / MIB, memory.all / MIB, book.stat().st_size / MIB)


class _Memory:
    """Watches a process and its descendants."""

    def __init__(self, pid: int) -> None:
        self.client = self.all = 0
        self._process = psutil.Process(pid)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(SAMPLE_EVERY_S):
            with suppress(psutil.Error):
                self.client = max(self.client, self._process.memory_info().rss)
                total = 0
                for one in (self._process, *self._process.children(recursive=True)):
                    with suppress(psutil.Error):
                        total += one.memory_full_info().pss
                self.all = max(self.all, total)


if __name__ == "__main__":
    main()
