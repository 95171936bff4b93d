"""What can go wrong, in words for the person who reads them.

TutorError                    exit code
 ├─ UsageError                2  the call cannot be carried out as it was made
 │   ├─ UnknownExercise       2  no such exercise; carries the nearest names
 │   └─ NoWorkspace           2  this folder is no workspace
 ├─ ManifestError             2  a course file is wrong; names the file and the field
 ├─ DataError                 2  a data set is missing, altered, or not what it says
 └─ GraderError               3  the grader itself could not judge
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class TutorError(Exception):
    """Base of all errors that are meant for the reader: what was wrong, where, and what to do.

    Args:
        message: what was wrong, and where.
        remedy: what to do about it, or empty.
    """

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(TutorError):
    """The call cannot be carried out as it was made."""


class UnknownExercise(UsageError):
    """A selector names no exercise of the course."""


class NoWorkspace(UsageError):
    """The folder is no workspace, nor is any folder above it."""


class ManifestError(TutorError):
    """A file of the course is wrong."""


class DataError(TutorError):
    """A data set is missing, altered, or not what it says it is."""


class GraderError(TutorError):
    """The grader itself could not judge; the submission is not to blame."""

    exit_code = 3


def exception_in_words(error: BaseException, file: Path) -> str:
    """An exception from an author's file: type, message, and the last line of that file that led to it."""
    import traceback  # rarely needed, and every command imports this module

    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    where = f" (line {lines[-1]})" if lines else ""
    says = f": {error}" if str(error) else ""
    return f"{type(error).__name__}{says}{where}"
