"""What the benchmarks share: a workspace, engines away from the user's own, and medians in a table."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course import Course, Exercise, builtin_course, load_course
from tutor.engine import daemon
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PYTHON = sys.executable
PROGRAM = str(Path(sys.executable).with_name("cnn-tutor"))
ROUNDS = 15


def in_turn(subjects: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Measure each, so often, after once that does not count; in turn, so that a slow minute slows them all alike."""
    for measure in subjects.values():
        measure()
    measured: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, measure in subjects.items():
            measured[name].append(measure())
    return measured


def command(words: list[str], cwd: Path | None = None) -> float:
    """Seconds from the start of a command to its end."""
    began = time.perf_counter()
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True)
    seconds = time.perf_counter() - began
    # 1 says that an exercise is not passed.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return seconds


def show(measured: Mapping[str, list[float]], beside: str | None = None) -> None:
    """A Markdown table of medians and 95th percentiles, and how often the median of ``beside`` goes into each."""
    ratio = f" beside `{beside}` |" if beside else ""
    print(f"| | median | p95 | least |{ratio}")
    print(f"|---|---:|---:|---:|{'---:|' if beside else ''}")
    for name, seconds in measured.items():
        cells = [statistics.median(seconds), percentile(seconds, 0.95), min(seconds)]
        times = f" {cells[0] / statistics.median(measured[beside]):.2f} × |" if beside else ""
        print(f"| {name} | {' | '.join(f'{1000 * cell:.0f} ms' for cell in cells)} |{times}")


def percentile(seconds: list[float], part: float) -> float:
    """The value below which so large a part lies."""
    return sorted(seconds)[round(part * (len(seconds) - 1))]


@contextmanager
def apart() -> Iterator[tuple[Course, Workspace]]:
    """The course and a new workspace; engines that are shared meanwhile are not the user's, and end with it."""
    course = load_course(builtin_course())
    with tempfile.TemporaryDirectory(prefix="cnn-") as folder:
        Path(folder, "run").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(Path(folder, "run"))
        os.environ.pop(daemon.NO_DAEMON, None)
        workspace, _ = make_workspace(Path(folder, "course"), course, "ada")
        try:
            yield course, workspace
        finally:
            daemon.stop_shared_engine()


def right_and_wrong(exercise: Exercise) -> tuple[str, str]:
    """A submission that passes, and one that fails on what it computes."""
    return exercise.reference("ada"), exercise.program(exercise.wrong[0], "ada")


def asked_for(course: Course, default: str) -> Exercise:
    """The exercise that the command line names, or the default."""
    return course.find(sys.argv[1] if len(sys.argv) > 1 else default)
