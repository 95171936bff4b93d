"""A learner's folder: the exercises laid down in it, their texts, and ``.cnn-tutor/`` with progress and runs.

my-course/
    exercises/24_residual_block/residual_block.py     what the learner edits
    exercises/24_residual_block/lesson.md
    .cnn-tutor/progress.sqlite                        attempts, hashes, settings
    .cnn-tutor/learner                                the learner's name once more, should that file ever be damaged
    .cnn-tutor/runs/                                  trainings
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.errors import NoWorkspace, UsageError
from tutor.files import MAX_SOURCE_BYTES, text_hash, write_atomically
from tutor.progress import Progress, ProgressError, UnreadableProgress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tutor.course import Course, Exercise
    from tutor.progress import KeptText
    from tutor.verdict import Verdict

DEFAULT_FOLDER = "cnn-course"
"""What is proposed to whoever has no workspace yet."""

STATE_FOLDER = ".cnn-tutor"
PROGRESS_FILE = "progress.sqlite"
LEARNER_FILE = "learner"
LESSON_FILE = "lesson.md"
BESIDE_THE_DATABASE = ("", "-journal", "-wal", "-shm")
"""What SQLite keeps of one database: the file, and what belongs to transactions under way."""


@dataclass(frozen=True)
class Workspace:
    """A learner's folder."""

    root: Path

    @property
    def state(self) -> Path:
        """The folder of what cnn-tutor itself keeps."""
        return self.root / STATE_FOLDER

    @property
    def progress_path(self) -> Path:
        """The progress file."""
        return self.state / PROGRESS_FILE

    @property
    def runs(self) -> Path:
        """The folder of trainings."""
        return self.state / "runs"

    @cached_property
    def learner(self) -> str:
        """The learner's name, which decides the variants of compute exercises.

        Raises:
            UsageError: it is not known any more: the progress file was lost, and the name beside it too.
        """
        name = self.known_learner()
        if name is None:
            raise UsageError(
                f"{self.root}: it is not known any more whose workspace this is, and the name decides the questions",
                "Say it again, as you gave it at first: cnn-tutor init --learner NAME",
            )
        return name

    def known_learner(self) -> str | None:
        """The learner's name from the progress file, or from the file beside it; None where neither has it."""
        beside = self._learner_beside()
        try:
            with self.progress() as progress:
                name = progress.setting("learner")
                if name is None and beside is not None:
                    progress.set_setting("learner", beside)
        except ProgressError:
            if beside is None:
                raise
            return beside
        if name is not None and name != beside:
            with suppress(OSError):
                write_atomically(self.state / LEARNER_FILE, f"{name}\n")
        return name if name is not None else beside

    def progress(self) -> Progress:
        """Open the progress file; one that is damaged is set aside, said so on stderr, and a new one is begun.

        Raises:
            ProgressError: it cannot be opened; it is left as it is.
        """
        path = self.progress_path
        try:
            return Progress(path)
        except UnreadableProgress:
            self.set_aside_if_damaged()
            return Progress(path)

    def keep_attempt(self, verdict: Verdict, submission: str) -> int:
        """Record a verdict and the text that it was about.

        Returns:
            How many attempts in a row have not passed, this one included.

        Raises:
            ProgressError: it cannot be kept, e.g. because the disk is full; what was kept before still is.
        """
        for is_last_try in (False, True):
            try:
                with self.progress() as progress:
                    progress.record(verdict, submission)
                    return progress.failures_since_pass(verdict.exercise)
            except UnreadableProgress:
                if is_last_try:
                    raise
                # Where another command has set it aside already, there is a new one to write to all the same.
                self.set_aside_if_damaged()
        raise AssertionError("unreachable")

    def set_aside_if_damaged(self) -> Path | None:
        """Rename a damaged progress file, with what belongs to it, and say so on stderr.

        Of two commands that find it damaged, the second finds the new file sound, and leaves it.

        Returns:
            The new name, or None where nothing was damaged.
        """
        path = self.progress_path
        with self._alone():
            try:
                with Progress(path) as progress:
                    if progress.is_sound():
                        return None
            except UnreadableProgress:
                pass
            aside = _free_name(path.with_name(f"{PROGRESS_FILE}.unreadable-{time.strftime('%Y%m%d-%H%M%S')}"))
            # The database goes last: until then, what belongs to it is found again.
            for suffix in reversed(BESIDE_THE_DATABASE):
                with suppress(FileNotFoundError):
                    path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
            beside = self._learner_beside()
            with Progress(path) as progress:
                if beside is not None:
                    progress.set_setting("learner", beside)
        print(
            f"cnn-tutor: {path} was damaged and cannot be read. It is set aside as {aside.name}, and a new one is "
            "begun. Your exercises are as they were.",
            file=sys.stderr,
        )
        return aside

    def path(self, exercise: Exercise) -> Path:
        """The learner's file of an exercise."""
        return self.root / "exercises" / exercise.manifest.folder / exercise.filename

    def lesson_path(self, exercise: Exercise) -> Path:
        """The lesson of an exercise, as it was laid down."""
        return self.path(exercise).with_name(LESSON_FILE)

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
        folder = self.path(exercise).parent
        folder.mkdir(parents=True, exist_ok=True)
        fresh = [file for file in self.files(exercise) if not file.path.exists()]
        for file in fresh:
            write_atomically(file.path, file.text)
        with self.progress() as progress:
            for file in fresh:
                progress.set_laid_down(file.key, text_hash(file.text))
        return any(file.path == self.path(exercise) for file in fresh)

    def files(self, exercise: Exercise) -> tuple[LaidFile, LaidFile]:
        """What an exercise is for this learner: its lesson and its starter."""
        return (
            LaidFile(f"{exercise.slug}/{LESSON_FILE}", self.lesson_path(exercise), exercise.lesson()),
            LaidFile(exercise.slug, self.path(exercise), exercise.starter(self.learner)),
        )

    def is_edited(self, exercise: Exercise) -> bool:
        """Whether the learner's file holds anything but the starter that was laid down, or the course's own of now."""
        try:
            found = text_hash(self.read(exercise))
        except UsageError:
            return True
        with self.progress() as progress:
            return found not in (progress.laid_down(exercise.slug), text_hash(exercise.starter(self.learner)))

    def text_there(self, exercise: Exercise) -> str | None:
        """What the learner's file holds, be it text or not; None where there is no file.

        Raises:
            UsageError: what lies there cannot be read, such as a folder.
        """
        path = self.path(exercise)
        return _whatever_it_says(path) if path.exists() else None

    def replace_text(self, exercise: Exercise, text: str) -> bool:
        """Replace the learner's text, keeping the old one in the progress file first.

        A starter that nobody has touched is no text of theirs: kept, it would hide the one that is to be found again.

        Returns:
            Whether there was a text of theirs, which is kept now.

        Raises:
            UsageError: what lies there cannot be read, such as a folder.
        """
        old = self.text_there(exercise)
        if old == text:
            return False
        keeps = old is not None and self.is_edited(exercise)
        if old is not None and keeps:
            with self.progress() as progress:
                progress.keep_text(exercise.slug, old)
        self.write(exercise, text)
        return keeps

    def kept_texts(self, exercise: Exercise) -> list[KeptText]:
        """The learner's own texts that were replaced, the oldest first."""
        starter = exercise.starter(self.learner)
        with self.progress() as progress:
            return [kept for kept in progress.kept_texts(exercise.slug) if kept.text != starter]

    def begin(self, learner: str | None) -> None:
        """Make the folder a workspace, where it is none yet.

        Raises:
            UsageError: it is somebody else's.
            OSError: it cannot be written to.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        known = self.known_learner()
        if known is None:
            known = learner or login_name()
            with self.progress() as progress:
                progress.set_setting("learner", known)
        elif learner not in (None, known):
            raise UsageError(
                f"{self.root} is {known}'s workspace: the name decides the questions and cannot change",
                f"Make one for {learner} elsewhere: cnn-tutor init DIR --learner {learner}",
            )
        if self._learner_beside() != known:
            write_atomically(self.state / LEARNER_FILE, f"{known}\n")

    def _learner_beside(self) -> str | None:
        try:
            return (self.state / LEARNER_FILE).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One program at a time."""
        import fcntl

        try:
            with (self.state / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise ProgressError(f"{self.state}: your progress cannot be set aside: {error.strerror}") from None


@dataclass(frozen=True)
class LaidFile:
    """A file that a learner gets.

    Attributes:
        key: under which the progress file remembers what was laid down.
        path: where it lies.
        text: what the course has for this learner.
    """

    key: str
    path: Path
    text: str


def read_submission(path: Path, remedy: str = "") -> str:
    """Read a submission's text.

    Raises:
        UsageError: the file is missing, unreadable, too large, not UTF-8, or no file but a device, say.
    """
    try:
        data = _read(path, MAX_SOURCE_BYTES + 1)
        if len(data) > MAX_SOURCE_BYTES:
            raise UsageError(f"{path}: is larger than {MAX_SOURCE_BYTES >> 20} MiB")
        return _as_text(data, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: is not UTF-8 text (byte {error.start})", "Save it as UTF-8; every editor can."
        ) from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", remedy) from None


def _whatever_it_says(path: Path) -> str:
    """A file's text, if need be with a character for each byte, so that nothing of it is lost."""
    try:
        data = _read(path)
        try:
            return _as_text(data, "utf-8-sig")
        except UnicodeDecodeError:
            return _as_text(data, "latin-1")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "Move it away, then try again.") from None


def is_workspace(folder: Path) -> bool:
    """Whether a folder is a workspace; one that is in a workspace is none for that."""
    state = folder / STATE_FOLDER
    return (state / PROGRESS_FILE).exists() or (state / LEARNER_FILE).exists()


def _as_text(data: bytes, encoding: str) -> str:
    """A file's text, with one kind of line ending."""
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def _read(path: Path, at_most: int = -1) -> bytes:
    """A file's bytes, or the first of them; of what may have no end or wait for ever, nothing.

    Raises:
        UsageError: it is a device, or a pipe that has a name.
        OSError: it cannot be read.
    """
    # What the shell hands over is mostly a pipe, and meant to be read.
    is_handed_over = str(path) == "/dev/stdin" or str(path.parent) in ("/dev/fd", "/proc/self/fd")
    at_once = 0 if is_handed_over else os.O_NONBLOCK
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | at_once)) as file:
        if not is_handed_over and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError(f"{path}: is no regular file")
        return file.read(at_most)


def find_workspace(start: Path) -> Workspace:
    """The workspace that ``start`` is in.

    Raises:
        NoWorkspace: neither the folder nor one above it is a workspace.
    """
    for folder in (start, *start.parents):
        if is_workspace(folder):
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
        UsageError: the folder cannot be written to, is in a workspace, or is one of another course.
    """
    from tutor.course.remembered import remember

    around = next((folder for folder in root.parents if is_workspace(folder)), None)
    if around is not None and not is_workspace(root):
        raise UsageError(
            f"{root} is in a workspace already: {around}",
            "Commands work in every folder of that one. For another workspace, choose a folder outside of it.",
        )
    workspace = Workspace(root)
    try:
        workspace.begin(learner)
        remember(workspace.state, course.location)
        return workspace, [exercise for exercise in course.exercises if workspace.lay_down(exercise)]
    except OSError as error:
        raise UsageError(f"{root}: cannot be written to: {error.strerror}") from None


def login_name() -> str:
    """The name to offer a learner: that of the account, where it has one."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "learner"


def _free_name(path: Path) -> Path:
    """The path, with a number behind it where it is taken."""
    number, free = 2, path
    while free.exists():
        number, free = number + 1, path.with_name(f"{path.name}-{number}")
    return free
