"""What one waits for in the app: its first screen, a key, a verdict.

Aims: the first screen in 500 ms and twice ``import textual.app``; a key in 30 ms at the 95th percentile, whatever else
runs; a verdict as in ``benchmarks.watch``.

Run it with ``python -m benchmarks.app``, on a machine that does nothing else.
"""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.in_terminal import Terminal, in_terminal
from benchmarks.measuring import PROGRAM, PYTHON, ROUNDS, apart, command, in_turn, right_and_wrong, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import Course, Exercise
    from tutor.workspace import Workspace

BASELINE = "import textual.app"
DOWN, ENTER, CTRL_S, F4 = "\x1b[B", "\r", "\x13", "\x1bOS"
PASSED, NOT_YET, CHECKING, TIMED_OUT = "✓ Passed", "✗ Not yet", "Checking", "Timed out"
KEYS = [chr(code) for code in range(ord("Ā"), ord("Ā") + 100)]
"""Letters that stand nowhere on the screen before they are typed."""
ENDLESS = "def conv2d(*arguments):\n    while True:\n        pass\n"
EPOCHS = 50
"""So many that the training outlasts the keys."""


def main() -> None:
    """Measure and print."""
    with apart() as (course, workspace):
        exercise = course.find("conv2d")
        print("## The first screen\n")
        show(
            in_turn(
                {
                    BASELINE: lambda: command([PYTHON, "-c", BASELINE]),
                    "cnn-tutor to its list": lambda: first_screen(course, workspace),
                }
            ),
            BASELINE,
        )
        print("\n## From a save to the verdict\n")
        show(verdicts(workspace, exercise))
        print("\n## From a key to the letter on the screen\n")
        measured = {"nothing else": keys(workspace, exercise)}
        measured["a check runs"] = keys_while_checking(workspace, exercise)
        with training(workspace):
            measured["a network trains"] = keys(workspace, exercise)
        show(measured)


def first_screen(course: Course, workspace: Workspace) -> float:
    """From the start of the app until its list of exercises stands."""
    began = time.perf_counter()
    with in_terminal([PROGRAM], workspace.root) as terminal:
        return terminal.wait_for(course.exercises[0].title) - began


@contextmanager
def opened(workspace: Workspace, exercise: Exercise, text: str) -> Iterator[Terminal]:
    """The app with an exercise open, its engine warm and the cursor in the text."""
    # It is killed at the end, and what was typed is kept for the next time; here it would be in the way.
    shutil.rmtree(workspace.state / "drafts", ignore_errors=True)
    workspace.write(exercise, text)
    with in_terminal([PROGRAM], workspace.root) as terminal:
        terminal.wait_for(exercise.title)
        terminal.press(DOWN * (exercise.number - 1) + ENTER)
        terminal.wait_for("F5 Verdict")
        terminal.press(F4)
        yield terminal


def verdicts(workspace: Workspace, exercise: Exercise) -> dict[str, list[float]]:
    """Saved in another editor, and with ctrl+s."""
    right, wrong = right_and_wrong(exercise)
    with opened(workspace, exercise, right) as terminal:
        ctrl_s = [check(terminal, PASSED) for _ in range(ROUNDS + 2)][2:]
        outside = [
            save_outside(terminal, workspace, exercise, text, says)
            for _ in range(ROUNDS + 1)
            for text, says in ((wrong, NOT_YET), (right, PASSED))
        ][2:]
    return {"ctrl+s": ctrl_s, "saved in another editor": outside}


def check(terminal: Terminal, says: str) -> float:
    """From ctrl+s until the app shows the verdict."""
    began = time.perf_counter()
    terminal.press(CTRL_S)
    return terminal.wait_for(says) - began


def save_outside(terminal: Terminal, workspace: Workspace, exercise: Exercise, text: str, says: str) -> float:
    """From a save in another editor until the app shows the verdict."""
    began = time.perf_counter()
    workspace.write(exercise, text)
    return terminal.wait_for(says) - began


def keys(workspace: Workspace, exercise: Exercise) -> list[float]:
    """Letters typed into the program, one after the other."""
    with opened(workspace, exercise, right_and_wrong(exercise)[0]) as terminal:
        check(terminal, PASSED)
        return [typed(terminal, letter) for letter in KEYS]


def keys_while_checking(workspace: Workspace, exercise: Exercise) -> list[float]:
    """The same while an endless program is judged; when its time is up, it is judged again."""
    seconds: list[float] = []
    with opened(workspace, exercise, right_and_wrong(exercise)[0]) as terminal:
        check(terminal, PASSED)
        save_outside(terminal, workspace, exercise, ENDLESS, CHECKING)
        for letter in KEYS:
            seconds.append(typed(terminal, letter))
            if terminal.has_shown(TIMED_OUT):
                terminal.press(CTRL_S)
                terminal.wait_for(CHECKING)
    return seconds


def typed(terminal: Terminal, letter: str) -> float:
    """From a key until its letter is on the screen."""
    began = time.perf_counter()
    terminal.press(letter)
    return terminal.wait_for(letter) - began


@contextmanager
def training(workspace: Workspace) -> Iterator[None]:
    """A network that trains meanwhile, on as many threads as it takes."""
    words = [PROGRAM, "train", "bn", "--data", "synthetic", "--epochs", str(EPOCHS)]
    with in_terminal(words, workspace.root) as terminal:
        terminal.wait_for("loss")
        yield


if __name__ == "__main__":
    main()
