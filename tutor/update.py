"""Bringing a newer course into a learner's folder, without a question and without touching what the learner changed.

What was laid down is known by its hash. A file that still has it is replaced; another one is kept, and what the course
has now is laid down beside it as ``NAME.new``, once. A file that is missing is laid down again: without its starter an
exercise cannot be checked, and a text that the learner deleted is not among what an update could lose.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tutor.errors import UsageError
from tutor.files import read_text, text_hash, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tutor.course import Course
    from tutor.progress import Progress
    from tutor.workspace import LaidFile, Workspace

Done = Literal["new", "again", "updated", "kept"]


@dataclass(frozen=True)
class Change:
    """What was done about one file.

    Attributes:
        done: ``new``: laid down for the first time; ``again``: it was missing, and is laid down again; ``updated``:
            it was untouched, and is replaced; ``kept``: it was changed, and stays.
        path: the file.
        beside: for ``kept``, where the course's new version is.
    """

    done: Done
    path: Path
    beside: Path | None = None


def update(workspace: Workspace, course: Course) -> Iterator[Change]:
    """Update every exercise, and say what was done, file by file; what needs nothing is not mentioned.

    Raises:
        UsageError: a file cannot be written; what was said before is done.
        ManifestError: a file of the course is wrong.
    """
    with workspace.progress() as progress:
        for exercise in course.exercises:
            for file in workspace.files(exercise):
                try:
                    change = _update(file, progress)
                except OSError as error:
                    raise UsageError(f"{file.path}: cannot be updated: {error.strerror}") from None
                if change is not None:
                    yield change


def _update(file: LaidFile, progress: Progress) -> Change | None:
    ours, laid = text_hash(file.text), progress.laid_down(file.key)
    theirs = _hash_of(file.path)
    if theirs is None:
        _lay_down(file, progress)
        return Change("again" if laid else "new", file.path)
    if theirs == ours:
        if laid != ours:
            progress.set_laid_down(file.key, ours)
        return None
    if theirs == laid:
        _lay_down(file, progress)
        return Change("updated", file.path)
    return _keep(file, laid, progress)


def _keep(file: LaidFile, laid: str | None, progress: Progress) -> Change | None:
    """The learner's file stays; the course's version goes beside it, where it is one they have not been given."""
    ours, key = text_hash(file.text), f"{file.key}.new"
    offered = progress.laid_down(key)
    if ours in (laid, offered):
        return None
    beside = file.path.with_name(f"{file.path.name}.new")
    number = 2
    # One that the learner has changed is theirs as well.
    while _hash_of(beside) not in (None, offered, ours):
        beside, number = file.path.with_name(f"{file.path.name}.new{number}"), number + 1
    write_atomically(beside, file.text)
    progress.set_laid_down(key, ours)
    return Change("kept", file.path, beside)


def _lay_down(file: LaidFile, progress: Progress) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file.path, file.text)
    progress.set_laid_down(file.key, text_hash(file.text))


def _hash_of(path: Path) -> str | None:
    """The hash of a file's text, None where there is no file, and empty where something else lies there."""
    try:
        return text_hash(read_text(path))
    except UnicodeDecodeError:
        return ""
    except OSError:
        return "" if os.path.lexists(path) else None
