"""A program in a terminal of its own, read until a text shows: how the benchmarks see what a person sees."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ESCAPES = re.compile(r"\x1b(\[[0-9;?<>=]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])")


class Terminal:
    """The other end of a pseudo-terminal.

    Attributes:
        pid: of the program in it.
    """

    def __init__(self, descriptor: int, pid: int) -> None:
        self.pid = pid
        self._descriptor = descriptor
        self._seen = ""
        self._before = ""

    def wait_for(self, text: str, seconds: float = 60.0) -> float:
        """Wait until a text has been written since the last call, and return the time it was there.

        Raises:
            TimeoutError: it does not come.
        """
        deadline = time.perf_counter() + seconds
        while text not in self._seen:
            left = deadline - time.perf_counter()
            if left <= 0 or not select.select([self._descriptor], [], [], left)[0]:
                raise TimeoutError(f"'{text}' did not come within {seconds} s")
            self._seen += ESCAPES.sub("", os.read(self._descriptor, 1 << 16).decode("utf-8", "replace"))
        self._before, self._seen = self._seen, ""
        return time.perf_counter()

    def pass_over(self, seconds: float) -> None:
        """Read for so long, as a terminal does all the time, and forget it."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            if select.select([self._descriptor], [], [], left)[0]:
                os.read(self._descriptor, 1 << 16)

    def has_shown(self, text: str) -> bool:
        """Whether a text was written before what was waited for last."""
        return text in self._before

    def press(self, keys: str) -> None:
        """Type keys, as the bytes that a terminal sends."""
        os.write(self._descriptor, keys.encode())


@contextmanager
def in_terminal(command: list[str], cwd: Path, columns: int = 120, rows: int = 40) -> Iterator[Terminal]:
    """Run a command in a terminal; it is killed at the end."""
    pid, descriptor = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.chdir(cwd)
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    try:
        yield Terminal(descriptor, pid)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(descriptor)
