"""A learner's folder: the exercises laid down in it, their texts, and ``.cnn-tutor/`` with progress and runs.

my-course/
    exercises/24_residual_block/residual_block.py     what the learner edits
    exercises/24_residual_block/lesson.md
    .cnn-tutor/progress.sqlite                        attempts, hashes, settings
    .cnn-tutor/runs/                                  trainings
"""

from __future__ import annotations

import getpass
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.errors import NoWorkspace, UsageError
from tutor.files import text_hash, write_atomically
from tutor.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Course, Exercise

STATE_FOLDER = ".cnn-tutor"
PROGRESS_FILE = "progress.sqlite"


@dataclass(frozen=True)
class Workspace:
    """A learner's folder."""

    root: Path

    @property
    def state(self) -> Path:
        """The folder of what cnn-tutor itself keeps."""
        return self.root / STATE_FOLDER

    @property
    def runs(self) -> Path:
        """The folder of trainings."""
        return self.state / "runs"

    @cached_property
    def learner(self) -> str:
        """The learner's name, which decides the variants of compute exercises."""
        with self.progress() as progress:
            return progress.setting("learner") or ""

    def progress(self) -> Progress:
        """Open the progress file.

        Raises:
            UsageError: it cannot be read; it is left as it is.
        """
        path = self.state / PROGRESS_FILE
        try:
            return Progress(path)
        except sqlite3.DatabaseError as error:
            raise UsageError(
                f"{path}: your progress cannot be read: {error}",
                "Move that file away and run `cnn-tutor init` again: your exercises stay as they are.",
            ) from None

    def path(self, exercise: Exercise) -> Path:
        """The learner's file of an exercise."""
        return self.root / "exercises" / exercise.manifest.folder / exercise.filename

    def read(self, exercise: Exercise) -> str:
        """The learner's text of an exercise.

        Raises:
            UsageError: the file is missing or unreadable.
        """
        return read_submission(self.path(exercise), f"`cnn-tutor reset {exercise.number}` lays down its starter.")

    def write(self, exercise: Exercise, text: str) -> None:
        """Put a text into the learner's file, whole or not at all.

        Raises:
            UsageError: the file cannot be written; it is then as it was.
        """
        path = self.path(exercise)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from None

    def lay_down(self, exercise: Exercise) -> bool:
        """Lay down an exercise's lesson and starter; a file that is there already is left as it is.

        Returns:
            Whether the starter was laid down.
        """
        starter = exercise.starter(self.learner)
        folder = self.path(exercise).parent
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "lesson.md").exists():
            write_atomically(folder / "lesson.md", exercise.lesson())
        if self.path(exercise).exists():
            return False
        self.write(exercise, starter)
        with self.progress() as progress:
            progress.set_laid_down(exercise.slug, text_hash(starter))
        return True

    def replace_text(self, exercise: Exercise, text: str) -> None:
        """Replace the learner's text, keeping the old one in the progress file first."""
        path = self.path(exercise)
        if path.exists():
            with self.progress() as progress:
                progress.keep_text(exercise.slug, path.read_text(encoding="utf-8", errors="replace"))
        self.write(exercise, text)


def read_submission(path: Path, remedy: str = "") -> str:
    """Read a submission's text.

    Raises:
        UsageError: the file is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: is not UTF-8 text (byte {error.start})", "Save it as UTF-8; every editor can."
        ) from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", remedy) from None


def find_workspace(start: Path) -> Workspace:
    """The workspace that ``start`` is in.

    Raises:
        NoWorkspace: neither the folder nor one above it is a workspace.
    """
    for folder in (start, *start.parents):
        if (folder / STATE_FOLDER / PROGRESS_FILE).exists():
            return Workspace(folder)
    raise NoWorkspace(
        f"{start} is no cnn-tutor workspace, nor is any folder above it",
        "`cnn-tutor init` makes one here; `cnn-tutor init DIR` makes one in DIR.",
    )


def make_workspace(root: Path, course: Course, learner: str | None = None) -> tuple[Workspace, list[Exercise]]:
    """Make a workspace, or complete one; nothing that is there is overwritten.

    Args:
        root: the folder; made where it does not exist.
        course: whose exercises to lay down.
        learner: the learner's name; by default the one known already, else the login name.

    Returns:
        The workspace, and the exercises whose starter was laid down just now.

    Raises:
        UsageError: the folder cannot be written to.
    """
    workspace = Workspace(root)
    try:
        workspace.state.mkdir(parents=True, exist_ok=True)
        with workspace.progress() as progress:
            known = progress.setting("learner")
            if known is None:
                progress.set_setting("learner", learner or login_name())
            elif learner not in (None, known):
                raise UsageError(
                    f"{root} is {known}'s workspace: the name decides the questions and cannot change",
                    f"Make one for {learner} elsewhere: cnn-tutor init DIR --learner {learner}",
                )
        return workspace, [exercise for exercise in course.exercises if workspace.lay_down(exercise)]
    except OSError as error:
        raise UsageError(f"{root}: cannot be written to: {error.strerror}") from None


def login_name() -> str:
    """The name to offer a learner: that of the account, where it has one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "learner"
