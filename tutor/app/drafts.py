"""What was typed and not saved, kept beside the progress file: a crash loses a second of it. Imports no Textual.

A draft bears the number of the app's process. One whose process is gone was left behind, and is taken up by the next
app that opens the exercise; of two apps that are open at once, neither takes the other's.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from tutor.files import read_text, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Exercise
    from tutor.workspace import Workspace


class Draft:
    """This process's draft of one exercise's answer.

    A draft that cannot be written, on a full disk say, is no reason to interrupt who types: saving will say so.
    """

    def __init__(self, workspace: Workspace, exercise: Exercise) -> None:
        self._folder = workspace.state / "drafts"
        self._slug = exercise.slug
        self._path = self._folder / f"{exercise.slug}.{os.getpid()}"

    def keep(self, text: str) -> None:
        """Keep a text in place of the one before."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, text)

    def drop(self) -> None:
        """The text is saved, or kept elsewhere."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def take_left_behind(self) -> list[str]:
        """What apps that have ended unexpectedly have left, the newest last; from now on it is not there any more."""
        found = []
        for path in self._left_behind():
            with suppress(OSError, UnicodeDecodeError):
                found.append((path.stat().st_mtime, read_text(path)))
            with suppress(OSError):
                path.unlink()
        return [text for _, text in sorted(found)]

    def _left_behind(self) -> list[Path]:
        numbered = ((path, path.name.rpartition(".")[2]) for path in self._folder.glob(f"{self._slug}.*"))
        return [path for path, number in numbered if number.isdecimal() and not _is_alive(int(number))]


def _is_alive(pid: int) -> bool:
    """Whether a process of this number is there. On Windows, where asking would end it, the app is taken for gone."""
    if pid == os.getpid():
        return True
    if sys.platform == "win32":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
