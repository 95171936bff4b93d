"""An update brings what is new, and loses nothing that a learner wrote."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tutor.course import Course, CourseLocation, load_course
from tutor.errors import UsageError
from tutor.update import update
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEWER = "# a newer starter\ndef scale(x, factor):\n    ...\n"


@pytest.fixture
def course(small_course: Course, tmp_path: Path) -> Course:
    """A copy of the small course, whose files a test may change."""
    root = tmp_path / "course"
    shutil.copytree(small_course.location.exercises, root / "exercises")
    shutil.copytree(small_course.location.solutions, root / "solutions")
    return load_course(CourseLocation(root / "exercises", root / "solutions"))


@pytest.fixture
def workspace(course: Course, tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "mine", course, "ada")[0]


def done(workspace: Workspace, course: Course) -> list[tuple[str, str, str]]:
    return [
        (change.done, change.path.name, change.beside.name if change.beside else "")
        for change in update(workspace, course)
    ]


def everything_in(workspace: Workspace) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (workspace.root / "exercises").rglob("*") if path.is_file()}


def newer(course: Course, name: str = "scale.py", text: str = NEWER) -> None:
    (course.find("scale").folder / name).write_text(text)


def test_where_nothing_is_new_nothing_is_done(workspace: Workspace, course: Course) -> None:
    workspace.write(course.find("scale"), "mine\n")
    before = everything_in(workspace)
    assert done(workspace, course) == []
    assert everything_in(workspace) == before


def test_untouched_files_are_replaced(workspace: Workspace, course: Course) -> None:
    newer(course)
    newer(course, "lesson.md", "A better lesson.\n")
    assert done(workspace, course) == [("updated", "lesson.md", ""), ("updated", "scale.py", "")]
    scale = course.find("scale")
    assert (workspace.read(scale), workspace.lesson_path(scale).read_text()) == (NEWER, "A better lesson.\n")
    assert done(workspace, course) == []
    newer(course, text="# newer still\n")
    assert done(workspace, course) == [("updated", "scale.py", "")]


def test_an_edited_file_is_kept_with_the_new_version_beside_it(workspace: Workspace, course: Course) -> None:
    scale = course.find("scale")
    workspace.write(scale, "mine\n")
    workspace.lesson_path(scale).write_text("with my notes\n")
    newer(course)
    newer(course, "lesson.md", "A better lesson.\n")
    assert done(workspace, course) == [("kept", "lesson.md", "lesson.md.new"), ("kept", "scale.py", "scale.py.new")]
    assert (workspace.read(scale), workspace.lesson_path(scale).read_text()) == ("mine\n", "with my notes\n")
    assert workspace.path(scale).with_name("scale.py.new").read_text() == NEWER
    assert done(workspace, course) == []


def test_what_lies_beside_is_offered_once_and_replaced_only_where_it_is_untouched(
    workspace: Workspace, course: Course
) -> None:
    scale = course.find("scale")
    beside = workspace.path(scale).with_name("scale.py.new")
    workspace.write(scale, "mine\n")
    newer(course)
    done(workspace, course)
    beside.unlink()
    assert done(workspace, course) == []
    newer(course, text="# second\n")
    assert done(workspace, course) == [("kept", "scale.py", "scale.py.new")]
    newer(course, text="# third\n")
    assert done(workspace, course) == [("kept", "scale.py", "scale.py.new")]
    beside.write_text("merged by hand\n")
    newer(course, text="# fourth\n")
    assert done(workspace, course) == [("kept", "scale.py", "scale.py.new2")]
    assert beside.read_text() == "merged by hand\n"
    assert beside.with_name("scale.py.new2").read_text() == "# fourth\n"


def test_taking_the_new_version_over_makes_the_file_untouched_again(workspace: Workspace, course: Course) -> None:
    scale = course.find("scale")
    workspace.write(scale, "mine\n")
    newer(course)
    done(workspace, course)
    workspace.write(scale, NEWER)
    assert done(workspace, course) == []
    newer(course, text="# third\n")
    assert done(workspace, course) == [("updated", "scale.py", "")]


def test_new_and_missing_exercises_are_laid_down(workspace: Workspace, course: Course, tmp_path: Path) -> None:
    shutil.rmtree(workspace.path(course.find("affine")).parent)
    workspace.path(course.find("scale")).unlink()
    assert done(workspace, course) == [
        ("again", "scale.py", ""),
        ("again", "lesson.md", ""),
        ("again", "affine.py", ""),
    ]
    assert done(workspace, course) == []
    younger = Workspace(tmp_path / "younger")
    younger.begin("bob")
    assert {change[0] for change in done(younger, course)} == {"new"}
    assert younger.read(course.find("affine")) == course.find("affine").starter("bob")


def test_the_starter_of_a_compute_exercise_is_compared_as_this_learner_has_it(
    workspace: Workspace, course: Course
) -> None:
    by_hand = course.find("sum-by-hand")
    starter = by_hand.folder / by_hand.filename
    starter.write_text(starter.read_text() + "# a line more\n")
    assert done(workspace, course) == [("updated", by_hand.filename, "")]
    assert workspace.read(by_hand) == by_hand.starter("ada")
    assert by_hand.starter("ada") != by_hand.starter("bob")


def test_a_workspace_of_the_first_version_knew_no_lessons(workspace: Workspace, course: Course) -> None:
    with workspace.progress() as progress:
        progress._execute("DELETE FROM laid_down WHERE exercise LIKE '%/lesson.md'")
    assert done(workspace, course) == []
    newer(course, "lesson.md", "A better lesson.\n")
    assert done(workspace, course) == [("updated", "lesson.md", "")]
    with workspace.progress() as progress:
        progress._execute("DELETE FROM laid_down WHERE exercise LIKE '%/lesson.md'")
    newer(course, "lesson.md", "The best lesson.\n")
    # Whether it was edited is not known: it is kept.
    assert done(workspace, course) == [("kept", "lesson.md", "lesson.md.new")]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"\xff\xfe\x00binary"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_what_is_no_text_is_kept_too(workspace: Workspace, course: Course, spoil: Callable[[Path], object]) -> None:
    path = workspace.path(course.find("scale"))
    spoil(path)
    newer(course)
    assert done(workspace, course) == [("kept", "scale.py", "scale.py.new")]
    assert path.is_dir() or path.read_bytes() == b"\xff\xfe\x00binary"


def test_windows_line_endings_are_no_edit(workspace: Workspace, course: Course) -> None:
    path = workspace.path(course.find("scale"))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    newer(course)
    assert done(workspace, course) == [("updated", "scale.py", "")]


def test_a_file_that_cannot_be_written_is_said_so(workspace: Workspace, course: Course) -> None:
    folder = workspace.path(course.find("scale")).parent
    shutil.rmtree(folder)
    folder.write_text("in the way")
    newer(course)
    with pytest.raises(UsageError, match="cannot be updated"):
        list(update(workspace, course))
    assert folder.read_text() == "in the way"
