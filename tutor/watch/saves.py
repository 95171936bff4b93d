"""When a file holds a new text, however an editor saves it.

The operating system's notifications come at once, but not everywhere: on network drives and in many containers there
are none. So whoever watches looks at the file itself too, a few times a second; one stat takes microseconds.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

LOOK_EVERY_S = 0.1
LOOK_EVERY_WHEN_BLIND_S = 0.05

# The library looks at its events once a step, and hands a burst of them over after a step without any.
STEP_MS, BURST_MS = 12, 50

Stamp = tuple[int, int, int]


class Notifications:
    """The operating system's notifications of a folder; a context manager.

    Args:
        folder: watched with all below it.
        tell: called from another thread when anything in it has changed.
    """

    def __init__(self, folder: Path, tell: Callable[[], None]) -> None:
        self._folder = folder
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="notifications", daemon=True)
        self._is_blind = False

    @property
    def look_every_s(self) -> float:
        """How often to look at the file oneself."""
        return LOOK_EVERY_WHEN_BLIND_S if self._is_blind else LOOK_EVERY_S

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _listen(self) -> None:
        try:
            import watchfiles

            changes = watchfiles.watch(
                self._folder,
                watch_filter=None,
                debounce=BURST_MS,
                step=STEP_MS,
                stop_event=self._stop,
                raise_interrupt=False,
            )
            for _ in changes:
                self._tell()
        except (ImportError, OSError, RuntimeError):
            # Too many watches, or a system without any: the looks are what is left.
            self._is_blind = True


class WatchedFile:
    """A file and the text that was last taken from it."""

    def __init__(self, path: Path, read: Callable[[], str]) -> None:
        self.path = path
        self._read = read
        self._stamp: Stamp | None = None
        self._text: str | None = None
        self._was_empty = False

    def new_text(self) -> str | None:
        """The file's text, where it is another one than the last time; else None.

        A file that is gone has no new text: editors that save by renaming leave that gap. One that is empty is
        believed only when it is looked at again: other editors empty a file before they write it.

        Raises:
            UsageError: the file cannot be read, or is not text.
        """
        stamp = self._stat()
        if stamp is None or stamp == self._stamp:
            return None
        if stamp[1] == 0 and not self._was_empty:
            self._was_empty = True
            return None
        self._was_empty = False
        self._stamp = stamp
        text = self._read()
        if text == self._text:
            return None
        self._text = text
        return text

    def is_missing(self) -> bool:
        """Whether there is no file."""
        return self._stat() is None

    def _stat(self) -> Stamp | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
