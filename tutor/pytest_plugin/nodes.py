"""What pytest collects of submissions: folders, files, and an item for each check."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tutor.classroom.collect import NEVER_THEIRS
from tutor.clipping import as_name
from tutor.draw.plain import in_one_line
from tutor.errors import TutorError, UsageError
from tutor.pytest_plugin import judge_of
from tutor.pytest_plugin.words import failure
from tutor.verdict import to_blame
from tutor.workspace import read_submission

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tutor.course import Exercise
    from tutor.course.manifest import CheckEntry
    from tutor.pytest_plugin.scope import Scope
    from tutor.verdict import CheckResult, Verdict

MAX_DEPTH = 40
"""How deep a folder may lie. pytest walks down in calls of calls, and Python's stack has an end."""
MAX_NAME = 60
LINK = "is a symbolic link, and is not followed: hand in "
NO_PARTS = str.maketrans("[]:", "()_")


class Folder(pytest.File):
    """A folder of what others handed in.

    It is no :class:`pytest.Directory` because pytest looks for a ``conftest.py`` in each of those, and it asks no other
    plugin what else it could collect here.
    """

    def __init__(self, *, scope: Scope, **node: Any) -> None:
        super().__init__(**node)
        self._scope = scope

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Folders, and the files that have an exercise's name; what lies here under such a name and is no file."""
        if len(self.listchain()) > MAX_DEPTH:
            yield self._refused("", "lies too deep; nothing in it was judged")
            return
        try:
            with os.scandir(self.path) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield self._refused("", f"cannot be read: {error.strerror}")
            return
        for entry in found:
            yield from self._collected(entry)

    def _collected(self, entry: os.DirEntry[str]) -> Iterator[pytest.Item | pytest.Collector]:
        path, name = self.path / entry.name, entry.name
        is_named = self.session.isinitpath(path, with_parents=True)
        exercise = self._scope.exercise_of(path)
        if exercise is None and not entry.is_dir():
            if is_named:
                yield self._refused(name, "has not the name of an exercise's file; nothing can judge it")
            return
        if not is_named and (name.startswith(".") or name in NEVER_THEIRS or self._is_to_be_ignored(path)):
            return
        if not _can_be_shown(name):
            yield self._refused(name, "its name has characters that cannot be shown; nothing in it was judged")
        elif exercise is None and entry.is_symlink():
            yield self._refused(name, f"{LINK}the folder itself")
        elif exercise is None:
            yield Folder.from_parent(self, path=path, scope=self._scope)
        elif entry.is_symlink() or entry.is_file():
            yield Submission.from_parent(self, path=path, scope=self._scope, exercise=exercise)
        else:
            yield self._refused(name, "is no regular file")

    def _is_to_be_ignored(self, path: Path) -> bool:
        """Whether ``--ignore`` and its like say so."""
        return bool(self.config.hook.pytest_ignore_collect(collection_path=path, config=self.config))

    def _refused(self, name: str, why: str) -> Refused:
        shown = as_name(name or self.path.name, MAX_NAME)
        # To pytest, brackets and colons are parts of its own in a name.
        return Refused.from_parent(self, path=self.path / name, name=shown.translate(NO_PARTS), why=f"{shown}: {why}")


class Submission(pytest.File):
    """A learner's file: an item for each check of its exercise.

    Attributes:
        selected: the ids of its checks that are run, once that is known: of what is collected some may be deselected.
    """

    def __init__(self, *, scope: Scope, exercise: Exercise, **node: Any) -> None:
        super().__init__(**node)
        self._scope = scope
        self.exercise = exercise
        self.selected: set[str] = set()

    @cached_property
    def learner(self) -> str:
        """Whose it is.

        Raises:
            TutorError: a workspace does not say it.
        """
        return self._scope.learner_of(self.path, self.exercise)

    @cached_property
    def source(self) -> str:
        """Its text.

        Raises:
            UsageError: it cannot be read, is no text, or others have handed in a link: it could lead to the solution.
        """
        if self._scope.is_handed_in(self.path) and self.path.is_symlink():
            raise UsageError(f"{self.path}: {LINK}the file itself")
        return read_submission(self.path)

    def collect(self) -> Iterator[pytest.Item]:
        """The checks, in their order."""
        for entry in self.exercise.manifest.check:
            yield Check.from_parent(self, name=entry.id, entry=entry)

    def verdict(self) -> Verdict:
        """The verdict; judged when it is asked for at first.

        Raises:
            TutorError: it cannot be read.
        """
        return judge_of(self.config).verdict(
            self.exercise, self.source, learner=self.learner, workspace=self._scope.workspace_of(self.path)
        )


class Check(pytest.Item):
    """One check of a submission."""

    parent: Submission
    why_failed = ""
    """In a line, once it has failed."""

    def __init__(self, *, entry: CheckEntry, **node: Any) -> None:
        super().__init__(**node)
        self._entry = entry
        self._verdict: Verdict | None = None
        self._unreadable: TutorError | None = None
        exercise = self.parent.exercise
        self.add_marker(
            pytest.mark.cnn_tutor(
                exercise=exercise.slug,
                number=exercise.number,
                check=entry.id,
                learner=self._whose,
                kind=exercise.manifest.kind,
            )
        )

    def setup(self) -> None:
        """Have the submission judged; where the grader could not, that is an error and no failure."""
        try:
            self._verdict = self.parent.verdict()
        except TutorError as error:
            self._unreadable = error
        stands, points = (self._verdict.verdict, self._result.points) if self._verdict else ("error", 0.0)
        self.user_properties[:] = [
            ("exercise", self.parent.exercise.slug),
            ("check", self._entry.id),
            ("says", self._entry.says),
            ("learner", self._whose),
            ("verdict", stands),
            ("points", points),
            ("max_points", self._entry.points),
        ]
        if stands == "grader_error":
            self._tell()

    def runtest(self) -> None:
        """Say how the check ended."""
        self._tell()

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is, and what a failure is headed with."""
        exercise = self.parent.exercise
        return self.path, 0, f"{self._whose}: exercise {exercise.number}, {exercise.slug}, {self.name}"

    def _tell(self) -> None:
        """Fail or skip, in words, where the check did not pass."""
        if self._unreadable is not None:
            why = in_one_line(self._unreadable.message)
            self._fail(why, "\n".join(filter(None, (why, self._unreadable.remedy))))
        assert self._verdict is not None
        result = self._result
        if self._is_to_blame or result.status in ("fail", "error", "timeout"):
            self._fail(*failure(self._verdict, result, self.parent.source))
        if result.status == "skip":
            pytest.skip(in_one_line(result.message) or "not run")

    def _fail(self, in_brief: str, in_full: str) -> NoReturn:
        self.why_failed = in_brief
        pytest.fail(in_full, pytrace=False)

    @property
    def _result(self) -> CheckResult:
        assert self._verdict is not None
        return next(check for check in self._verdict.checks if check.id == self._entry.id)

    @property
    def _is_to_blame(self) -> bool:
        """Whether it fails for what no check that is run explains."""
        assert self._verdict is not None
        shown = [check for check in self._verdict.checks if check.id in self.parent.selected]
        return to_blame(self._verdict, shown) == self._result

    @property
    def _whose(self) -> str:
        try:
            return as_name(self.parent.learner, MAX_NAME)
        except TutorError:
            return ""


class Refused(pytest.Item):
    """Something that was handed in and is not looked into."""

    def __init__(self, *, why: str, **node: Any) -> None:
        super().__init__(**node)
        self.why_failed = why

    def runtest(self) -> None:
        """Say why."""
        pytest.fail(self.why_failed, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is, and what a failure is headed with."""
        return self.path, 0, self.name


def _can_be_shown(name: str) -> bool:
    """Whether a name is one line that obeys nobody, in any encoding."""
    return in_one_line(name) == name and name == name.encode("utf-8", "replace").decode("utf-8")
