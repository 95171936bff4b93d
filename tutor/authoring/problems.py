"""What is wrong with an exercise, or may be: in words, with the file and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    Attributes:
        file: where, relative to the course's folder.
        says: what is wrong.
        do: what to do about it; empty where that is plain.
        is_fault: whether the exercise is not proved because of it; else it is a warning.
    """

    file: str
    says: str
    do: str = ""
    is_fault: bool = True


def warning(file: str, says: str, do: str = "") -> Problem:
    """A problem that leaves the exercise proved."""
    return Problem(file, says, do, is_fault=False)


def from_message(message: str, root: Path, do: str = "") -> Problem:
    """A fault of an error message that begins with its file.

    Args:
        root: the course's folder.
    """
    path, colon, says = message.partition(": ")
    if not colon or not path.startswith(str(root)):
        return Problem("", message, do)
    return Problem(within(Path(path), root), says, do)


def within(path: Path, root: Path) -> str:
    """A file's name relative to the course's folder, where it lies in it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
