"""From ``cnn-tutor`` to the first screen, and from a save to its verdict, beside what they are measured against.

Run it with ``python -m benchmarks.start_and_verdict``, on a machine that does nothing else.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.in_terminal import Terminal, in_terminal
from tutor.course import Course, Exercise, builtin_course, load_course
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 15
END, ENTER, CTRL_S = "\x1b[F", "\r", "\x13"
PASSED, NOT_YET = "✓ Passed", "✗ Not yet"
PROGRAM = str(Path(sys.executable).with_name("cnn-tutor"))


def main() -> None:
    """Measure and print."""
    course = load_course(builtin_course())
    with tempfile.TemporaryDirectory() as folder:
        workspace, _ = make_workspace(Path(folder), course, "ada")
        block = course.find("residual-block")
        right, wrong = (
            block.reference("ada"),
            next(answer.source for answer in block.wrong if answer.check == "forward"),
        )
        report("python -c pass", repeat(lambda: run([sys.executable, "-c", "pass"])))
        report("cnn-tutor --help", repeat(lambda: run([PROGRAM, "--help"])))
        report("cnn-tutor list", repeat(lambda: run([PROGRAM, "list"], workspace.root)))
        report("import textual.app", repeat(lambda: run([sys.executable, "-c", "import textual.app"])))
        report("cnn-tutor to its first screen", repeat(lambda: first_screen(course, workspace)))
        report("import torch", repeat(lambda: run([sys.executable, "-c", "import torch"])))
        workspace.write(block, right)
        report("cnn-tutor check 24, cold", repeat(lambda: run([PROGRAM, "check", "24"], workspace.root)))
        with open_exercise(workspace, block) as terminal:
            saves = [save_outside(terminal, workspace, block, text) for _ in range(ROUNDS) for text in (wrong, right)]
            report("app: save in another editor to verdict", saves)
            checks = [check_again(terminal) for _ in range(2 * ROUNDS)]
            report("app: ctrl+s to verdict", checks)


def repeat(measure: Callable[[], float]) -> list[float]:
    """Measure so often, after once that does not count."""
    measure()
    return [measure() for _ in range(ROUNDS)]


def report(what: str, seconds: list[float]) -> None:
    """One line."""
    p95 = sorted(seconds)[round(0.95 * (len(seconds) - 1))]
    print(f"{what:<42} median {1000 * statistics.median(seconds):7.0f} ms   p95 {1000 * p95:7.0f} ms", flush=True)


def run(command: list[str], cwd: Path | None = None) -> float:
    """A command from start to end."""
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def first_screen(course: Course, workspace: Workspace) -> float:
    """From the start of the app until its list of exercises stands."""
    began = time.perf_counter()
    with in_terminal([PROGRAM], workspace.root) as terminal:
        return terminal.wait_for(course.exercises[-1].title) - began


@contextmanager
def open_exercise(workspace: Workspace, exercise: Exercise) -> Iterator[Terminal]:
    """The app with the course's last exercise open, and its engine warm."""
    with in_terminal([PROGRAM], workspace.root) as terminal:
        terminal.wait_for(exercise.title)
        terminal.press(END + ENTER)
        terminal.wait_for("F5 Verdict")
        terminal.press(CTRL_S)
        terminal.wait_for(PASSED)
        yield terminal


def save_outside(terminal: Terminal, workspace: Workspace, exercise: Exercise, text: str) -> float:
    """From a save in another editor until the app shows the verdict."""
    began = time.perf_counter()
    workspace.write(exercise, text)
    return terminal.wait_for(PASSED if text == exercise.reference(workspace.learner) else NOT_YET) - began


def check_again(terminal: Terminal) -> float:
    """From ctrl+s until the app shows the verdict."""
    began = time.perf_counter()
    terminal.press(CTRL_S)
    return terminal.wait_for(PASSED) - began


if __name__ == "__main__":
    main()
