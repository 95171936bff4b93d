"""The whole way of a learner in a real terminal: from nothing to three passes and a trained network.

The screens are written to the folder that the environment variable CNN_TUTOR_SCREENS names, if any. Training uses the
real MNIST where CNN_TUTOR_DATA names a folder with it, else drawn digits.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.course import Answer, Exercise, builtin_course, load_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COURSE = load_course(builtin_course())
DATA = os.environ.get("CNN_TUTOR_DATA", "synthetic")
LEARNER = "ada"
TRAINING_S = 900.0

if not os.environ.get("CI"):
    pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A shell in tmux, seen as a person sees it."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self._server = ["tmux", "-L", f"cnn-tutor-{os.getpid()}", "-f", os.devnull]
        programs = Path(sys.executable).parent
        environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PS1": "shell> ", "SHELL": "/bin/sh"}
        environment.pop("TMUX", None)
        size = ["-x", str(width), "-y", str(height)]
        subprocess.run(
            [*self._server, "new-session", "-d", *size, "-c", str(folder), "/bin/sh"], env=environment, check=True
        )
        pipe = folder / ".screen"
        os.mkfifo(pipe)
        self._changes = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self._tmux("pipe-pane", f"cat > '{pipe}'")

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *texts: str, seconds: float = 60.0) -> str:
        """Wait until all these texts are on the screen; looks again whenever it changes."""
        self._wait_until(lambda: all(text in " ".join(self.screen().split()) for text in texts), texts, seconds)
        keep(self.screen())
        return self.screen()

    def press_tab(self) -> None:
        """Press Tab and wait until the cursor stands elsewhere: keys that are faster than the focus go astray."""
        before = self._cursor()
        self.press("Tab")
        self._wait_until(lambda: self._cursor() != before, "the cursor's move", 10.0)

    def _cursor(self) -> str:
        return self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}")

    def _wait_until(self, holds: Callable[[], bool], what: object, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"{what} did not come within {seconds} s:\n{self.screen()}"
            select.select([self._changes], [], [], min(left, 1.0))
            while select.select([self._changes], [], [], 0)[0] and os.read(self._changes, 1 << 16):
                pass

    def close(self) -> None:
        subprocess.run([*self._server, "kill-server"], check=False, capture_output=True)
        os.close(self._changes)

    def _tmux(self, *command: str) -> str:
        return subprocess.run([*self._server, *command], check=True, capture_output=True, text=True).stdout


def keep(screen: str) -> None:
    """Keep a screen for those who want to look at it."""
    if folder := os.environ.get("CNN_TUTOR_SCREENS"):
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        (path / f"{len(list(path.iterdir())) + 1:02d}.txt").write_text(screen)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, 120, 40)
    yield terminal
    terminal.close()


def answer_outside(workspace: Path, exercise: Exercise, answer: Answer) -> None:
    """Save an answer as a learner's own editor would: by renaming a new file over the old one."""
    path = workspace / "exercises" / exercise.manifest.folder / exercise.filename
    beside = path.with_suffix(".new")
    beside.write_text(exercise.program(answer, LEARNER))
    beside.replace(path)


def looks_like(exercise: Exercise, misconception: str) -> str:
    """The beginning of what is said of a misconception; the pane may break the rest over lines with a frame between."""
    return "Looks like " + " ".join(exercise.misconception_says(misconception).split()[:2])


def test_from_nothing_to_every_pass_and_a_trained_network(terminal: Terminal, tmp_path: Path) -> None:
    shapes, block = COURSE.exercises[0], COURSE.find("residual-block")
    total = len(COURSE.exercises)
    workspace = tmp_path / "cnn-course"

    terminal.wait_for("shell>")
    terminal.type("cnn-tutor --data synthetic")
    terminal.press("Enter")
    terminal.wait_for("Your folder", "Your name")
    terminal.press_tab()
    terminal.press("C-u")
    # Letters go straight to the field, and may overtake a key that is looked up on the way.
    terminal.wait_for("Your name Your name decides")
    terminal.type(LEARNER)
    terminal.wait_for(f"Your name {LEARNER}")
    terminal.press("Enter")
    terminal.wait_for(shapes.title, block.title, f"0 of {total} passed")

    # By hand, in the form.
    terminal.press("Enter")
    terminal.wait_for("F3 Lesson", "F4 Answer", "F5 Verdict", "check with ctrl+s")
    terminal.press("F4")
    terminal.type("2")
    terminal.wait_for("unsaved")
    terminal.press_tab()
    terminal.type("2")
    terminal.wait_for("│ 2 2 │")
    terminal.press("C-s")
    terminal.wait_for("Not yet", "is not filled")
    answer_outside(workspace, shapes, shapes.reference_answer)
    terminal.wait_for("✓ Passed", "F6")

    # Each of the others in another editor: wrong first, then right.
    for exercise in COURSE.exercises[1:]:
        terminal.press("F6")
        terminal.wait_for(f"› {exercise.number} ", "check with ctrl+s")
        wrong = exercise.wrong_untrained[0]
        answer_outside(workspace, exercise, wrong)
        # "Not yet" or "Error": a wrong program may also raise.
        terminal.wait_for("✗ ", looks_like(exercise, wrong.misconception))
        if exercise is block:
            terminal.press("F2")
            terminal.wait_for("Hint 1")
        answer_outside(workspace, exercise, exercise.reference_answer)
        terminal.wait_for("✓ Passed", seconds=TRAINING_S)
    terminal.press("Escape")
    terminal.wait_for(f"{total} of {total} passed")

    # The lab.
    terminal.press("C-q")
    terminal.wait_for("shell>")
    terminal.type(f"cd cnn-course && clear && cnn-tutor --data {DATA}")
    terminal.press("Enter")
    terminal.wait_for(f"{total} of {total} passed")
    terminal.press("t")
    terminal.wait_for("New training", "Enter: start training")
    terminal.press("Enter")
    terminal.wait_for("▶ training", "(2 of 2)", "○", seconds=TRAINING_S)
    results = terminal.wait_for("✓ finished", "97.53", "97.85", seconds=TRAINING_S)
    assert ("synthetic" in results) is (DATA == "synthetic")

    terminal.press("C-q")
    terminal.wait_for("shell>")
    terminal.type("clear && cnn-tutor list")
    terminal.press("Enter")
    listed = terminal.wait_for(block.slug, "shell>")
    assert listed.count("✓ passed") == total
