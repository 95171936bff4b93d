"""What of a run is a submission, and whose."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.course import Course, Exercise, load_course
from tutor.workspace import LEARNER_FILE, Workspace, read_submission

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tutor.course import CourseLocation


@dataclass(frozen=True)
class Scope:
    """What is judged in a run of pytest.

    Attributes:
        course: whose exercises these are.
        exercises: those that are asked for, by the name of their file.
        here: the folder in which pytest was called.
        named: what it was called with, or that folder.
        own: the workspaces that are one's own: only their exercises are judged in them.
        handed_in: the folders of what others handed in.
        is_all_handed_in: whether all that is collected is what others handed in, wherever it lies.
        is_selective: whether nothing but submissions is collected.
        given_name: whose all submissions are, where that was said.
    """

    course: Course
    exercises: Mapping[str, Exercise]
    here: Path
    named: tuple[Path, ...]
    own: tuple[Workspace, ...]
    handed_in: tuple[Path, ...]
    is_all_handed_in: bool
    is_selective: bool
    given_name: str | None

    def is_handed_in(self, path: Path) -> bool:
        """Whether others may have written it."""
        return self.is_all_handed_in or any(_is_in(path, folder) for folder in self.handed_in)

    def may_be_theirs(self, configuration: Path) -> bool:
        """Whether others may have written pytest's configuration: what is named with ``--cnn-tutor`` may lie in it."""
        folder = configuration.parent
        if any(_is_in(folder, place) for place in self.handed_in):
            return True
        is_above = folder == self.here or folder in self.here.parents
        return self.is_all_handed_in and (not is_above or any(_is_in(folder, place) for place in self.named))

    def may_load_theirs(self, named: Sequence[Path]) -> bool:
        """Whether pytest would load a ``conftest.py`` of theirs at once; further ones it looks for in collecting.

        It does so in and above what is named, and in folders in it whose name begins with ``test``.
        """
        if self.is_all_handed_in:
            return True
        near = [folder for place in named for folder in (place, *place.glob("test*"))]
        return any(_is_in(folder, place) for folder in near for place in self.handed_in)

    def exercise_of(self, path: Path) -> Exercise | None:
        """What a file is a submission to, if it is one."""
        if self.is_handed_in(path):
            return self.exercises.get(path.name)
        return self._in_workspaces.get(path)

    def learner_of(self, path: Path, exercise: Exercise) -> str:
        """Whose a submission is, which decides the questions of a compute exercise.

        Raises:
            TutorError: a workspace does not say it.
        """
        if self.given_name is not None:
            return self.given_name
        if (workspace := self.workspace_of(path)) is not None:
            return _learner(workspace, self.here)
        folder = path.parent
        if folder.name == exercise.manifest.folder:
            folder = folder.parent
        if folder.name == "exercises":
            folder = folder.parent
        for above in (*self.handed_in, *self.named):
            if above in folder.parents:
                return folder.relative_to(above).parts[0]
        return folder.name

    def workspace_of(self, path: Path) -> Workspace | None:
        """The workspace of one's own that a submission is the exercise of."""
        return next((one for one in self.own if path in self._in_workspaces and _is_in(path, one.root)), None)

    @cached_property
    def _in_workspaces(self) -> dict[Path, Exercise]:
        return {workspace.path(one): one for workspace in self.own for one in self.exercises.values()}


def find_scope(
    options: argparse.Namespace, here: Path, named: Sequence[Path], own: Sequence[Path], handed_in: Sequence[Path]
) -> Scope:
    """What is to be judged.

    Args:
        options: the command line's.
        here: the folder in which pytest was called.
        named: what it was called with, or that folder.
        own: the workspaces that these are in.
        handed_in: what the configuration says was handed in.

    Raises:
        TutorError: there is no such exercise or course, or the course is wrong.
    """
    course = load_course(location_of(options.cnn_tutor_course, own[0] if own else here))
    selectors = tuple(options.cnn_tutor_exercise)
    exercises = course.select(selectors) if selectors else course.exercises
    is_all_handed_in = options.cnn_tutor or (bool(selectors) and not own)
    return Scope(
        course,
        {exercise.filename: exercise for exercise in exercises},
        here,
        tuple(_absolute(place) for place in named),
        tuple(Workspace(root) for root in own),
        tuple(_absolute(folder) for folder in handed_in),
        is_all_handed_in,
        is_all_handed_in or bool(selectors),
        options.cnn_tutor_learner,
    )


def location_of(asked: str | None, start: Path) -> CourseLocation:
    """The course that is asked for, else that of the workspace that ``start`` is in, else the one that ships.

    Raises:
        TutorError: there is none.
    """
    from tutor.course.packs import find_course
    from tutor.course.remembered import course_of

    return find_course(asked) if asked else course_of(start)


def _learner(workspace: Workspace, here: Path) -> str:
    """The learner of a workspace; what SQLite would have to read only where the user is in that workspace."""
    if _is_in(here, workspace.root):
        return workspace.learner
    return read_submission(workspace.state / LEARNER_FILE).strip()


def _is_in(path: Path, folder: Path) -> bool:
    return folder == path or folder in path.parents


def _absolute(path: Path) -> Path:
    """As pytest makes a path absolute: without following links."""
    return type(path)(os.path.abspath(path))  # noqa: PTH100
