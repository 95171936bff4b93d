"""Running the command line as a learner does, each command in a process of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.course import Course, builtin_course, load_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Run = Callable[..., subprocess.CompletedProcess[str]]

NEW_LINES = ("\r\n", "\x1b[H\x1b[2J", "\r\x1b[K")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Program:
    """A command in a terminal of its own, or with pipes."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int, keys: int) -> None:
        self.process = process
        self._screen = screen
        self._keys = keys
        self._said = b""
        self._heard = 0

    def wait_for(self, text: str, seconds: float = 60.0) -> str:
        """Everything up to a text, from where the last call ended."""
        deadline = time.monotonic() + seconds
        while text not in (unheard := _plain(self._said)[self._heard :]):
            left = deadline - time.monotonic()
            assert left > 0, f"'{text}' did not come within {seconds} s:\n{unheard}"
            if select.select([self._screen], [], [], left)[0]:
                self._read()
        shown = unheard[: unheard.index(text) + len(text)]
        self._heard += len(shown)
        return shown

    def press(self, keys: str) -> None:
        os.write(self._keys, keys.encode())

    def end(self, seconds: float = 10.0) -> int:
        """Wait for its end, reading all the while: a full terminal would hold it up."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self._screen], [], [], 0.05)[0]:
                self._read()
        assert self.process.returncode is not None, "it does not end"
        return self.process.returncode

    def processes(self) -> list[int]:
        """All that it has started, and that they have started."""
        found, unseen = [], [self.process.pid]
        while unseen:
            pid = unseen.pop()
            children = [int(one) for task in Path(f"/proc/{pid}/task").iterdir()
                        for one in (task / "children").read_text().split()]  # fmt: skip
            found += children
            unseen += children
        return found

    def _read(self) -> None:
        with suppress(OSError):
            self._said += os.read(self._screen, 1 << 16)


def _plain(said: bytes) -> str:
    """The lines that have been on a screen: made of all that was said, as what moves the cursor may come in pieces."""
    text = said.decode("utf-8", "replace")
    for sign in NEW_LINES:
        text = text.replace(sign, "\n")
    return ESCAPES.sub("", text)


@contextmanager
def _in_terminal(folder: Path, *arguments: str, columns: int = 100, term: str = "xterm-256color") -> Iterator[Program]:
    """Run a command in a terminal; when it has ended, the terminal has to be as it was before."""
    screen, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    before = termios.tcgetattr(theirs)
    environment = {**os.environ, "TERM": term}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", *arguments],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    try:
        yield Program(process, screen, screen)
        assert termios.tcgetattr(theirs) == before
    finally:
        process.kill()
        process.wait()
        os.close(theirs)
        os.close(screen)


@pytest.fixture(scope="session")
def in_terminal() -> Callable[..., AbstractContextManager[Program]]:
    """Runs a command in a terminal: ``with in_terminal(folder, "watch", "24", columns=40) as watching``."""
    return _in_terminal


@pytest.fixture(scope="session")
def program() -> type[Program]:
    """Reads what a process says, as it says it."""
    return Program


WITH_ANOTHER_COURSE = """
import sys
from pathlib import Path
import tutor.course
from tutor.course import CourseLocation
root = Path(sys.argv.pop(1))
tutor.course.builtin_course = lambda: CourseLocation(root / "exercises", root / "solutions")
from tutor.cli import main
main()
"""


def _program(course: Course | None) -> list[str]:
    if course is None:
        return [sys.executable, "-m", "tutor"]
    return [sys.executable, "-c", WITH_ANOTHER_COURSE, str(course.location.exercises.parent)]


@pytest.fixture(scope="session")
def course() -> Course:
    """The course that ships."""
    return load_course(builtin_course())


@pytest.fixture(scope="session")
def cnn_tutor() -> Run:
    """Runs a command to its end, with another course than the one that ships where one is given."""

    def run(
        *arguments: str | Path,
        cwd: Path,
        stdin: str = "",
        course: Course | None = None,
        preexec: Callable[[], None] | None = None,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*_program(course), *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **environment},
            input=stdin,
            capture_output=True,
            text=True,
            preexec_fn=preexec,
        )

    return run


@pytest.fixture
def folder(tmp_path: Path, cnn_tutor: Run) -> Path:
    """A workspace of Ada's."""
    root = tmp_path / "course"
    assert cnn_tutor("init", root, "--learner", "ada", cwd=tmp_path).returncode == 0
    return root
