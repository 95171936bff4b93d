"""The learner's file as an editor sees it: loaded, saved, and looked at for changes from outside. Imports no Textual.

The file on disk is the truth. Whatever text is replaced is kept in the progress file first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.workspace import Workspace

Stamp = tuple[int, int, int]


class ChangedOutside(UsageError):
    """The file was changed by another program since it was last loaded or saved; nothing was written."""


class LearnerFile:
    """One exercise's file in a workspace.

    Attributes:
        text: what the file held when it was last loaded or saved here.
    """

    def __init__(self, workspace: Workspace, exercise: Exercise) -> None:
        self._workspace = workspace
        self._exercise = exercise
        self.path = workspace.path(exercise)
        self.text = ""
        self._stamp: Stamp | None = None

    def load(self) -> str:
        """Read the file; where there is none, its starter is laid down first.

        Raises:
            UsageError: it cannot be read.
            ManifestError: the course's starter cannot be read.
        """
        if not self.path.exists():
            try:
                self._workspace.lay_down(self._exercise)
            except OSError as error:
                raise UsageError(f"{self.path}: cannot be written: {error.strerror}") from None
        self._stamp = self._stat()
        self.text = self._workspace.read(self._exercise)
        return self.text

    def save(self, text: str) -> None:
        """Write a text, whole or not at all.

        Raises:
            ChangedOutside: the file has been changed by another program; nothing was written.
            UsageError: the file cannot be written.
        """
        if self.changed_outside():
            raise ChangedOutside(f"{self.path.name} was changed by another program")
        if text != self.text or not self.path.exists():
            self._workspace.write(self._exercise, text)
        self._now_holds(text)

    def replace(self, text: str) -> None:
        """Write a text over whatever the file holds now, which is kept in the progress file.

        Raises:
            UsageError: the file cannot be written.
        """
        self._workspace.replace_text(self._exercise, text)
        self._now_holds(text)

    def keep(self, text: str) -> None:
        """Keep a text that is about to be dropped from the editor."""
        with self._workspace.progress() as progress:
            progress.keep_text(self._exercise.slug, text)

    def changed_outside(self) -> bool:
        """Whether the file now holds another text than when it was last loaded or saved here.

        A file that is missing has not changed: editors that save by renaming leave that gap.
        """
        stamp = self._stat()
        if stamp is None or stamp == self._stamp:
            return False
        try:
            changed = self._workspace.read(self._exercise) != self.text
        except UsageError:
            return True
        if not changed:
            self._stamp = stamp
        return changed

    def _now_holds(self, text: str) -> None:
        self.text = text
        self._stamp = self._stat()

    def _stat(self) -> Stamp | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
