"""Single keys from the terminal, without Enter; where stdin is no terminal, there are none."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

SEQUENCES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|O.|.)?")
"""What arrows, function keys and alt send."""


class Keyboard:
    """A context manager; the terminal is as it was when it is left, however that happens.

    Attributes:
        descriptor: what to wait on for keys, or None.
    """

    def __init__(self) -> None:
        self.descriptor: int | None = sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        if self.descriptor is not None:
            import termios

            self._before = termios.tcgetattr(self.descriptor)
            self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.descriptor is not None:
            import termios

            # A terminal that is gone needs nothing given back.
            with suppress(termios.error):
                termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self._before)

    def take(self) -> None:
        """Have keys delivered one by one; again after a stop (ctrl+z), when the shell has changed that."""
        if self.descriptor is not None:
            import tty

            tty.setcbreak(self.descriptor)

    def pressed(self) -> Iterator[str]:
        """The keys that were pressed; an arrow or function key is none of ours.

        Raises:
            EOFError: the terminal is gone.
        """
        assert self.descriptor is not None
        try:
            data = os.read(self.descriptor, 64)
        except OSError:
            data = b""
        if not data:
            raise EOFError
        yield from SEQUENCES.sub(b"", data).decode("utf-8", "ignore")
