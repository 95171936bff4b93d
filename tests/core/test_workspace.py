"""A learner's folder: laid down once, never overwritten, nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tutor.errors import NoWorkspace, UsageError
from tutor.workspace import find_workspace, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Course


def test_a_new_workspace_has_every_starter_and_lesson(small_course: Course, tmp_path: Path) -> None:
    workspace, laid_down = make_workspace(tmp_path / "deep" / "folder", small_course, "ada")
    assert [exercise.number for exercise in laid_down] == [1, 2, 3]
    assert workspace.learner == "ada"
    for exercise in small_course.exercises:
        assert workspace.read(exercise) == exercise.starter("ada")
        assert workspace.path(exercise).parent.joinpath("lesson.md").read_text() == exercise.lesson()


def test_making_it_again_overwrites_nothing_and_completes_what_is_missing(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    one, two, _ = small_course.exercises
    workspace.write(one, "my work\n")
    notes = workspace.path(one).parent / "lesson.md"
    notes.write_text("my notes\n")
    workspace.path(two).unlink()
    _, laid_down = make_workspace(tmp_path, small_course)
    assert [exercise.number for exercise in laid_down] == [2]
    assert workspace.read(one) == "my work\n"
    assert notes.read_text() == "my notes\n"


def test_a_workspace_keeps_its_learner(small_course: Course, tmp_path: Path) -> None:
    make_workspace(tmp_path, small_course, "ada")
    with pytest.raises(UsageError, match="ada's workspace"):
        make_workspace(tmp_path, small_course, "bob")


def test_it_is_found_from_any_folder_inside(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    assert find_workspace(workspace.path(small_course.exercises[0]).parent) == workspace


def test_a_folder_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace) as error:
        find_workspace(tmp_path)
    assert "cnn-tutor init" in error.value.remedy


def test_what_a_replacement_replaces_is_kept(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    exercise = small_course.exercises[1]
    workspace.write(exercise, "mine γ\n")
    workspace.replace_text(exercise, exercise.starter("ada"))
    assert workspace.read(exercise) == exercise.starter("ada")
    with workspace.progress() as progress:
        assert progress.last_kept_text(exercise.slug) == "mine γ\n"


def test_a_missing_or_unreadable_file_is_said_so(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    one, two, _ = small_course.exercises
    workspace.path(one).unlink()
    with pytest.raises(UsageError, match="No such file") as error:
        workspace.read(one)
    assert "reset 1" in error.value.remedy
    workspace.path(two).write_bytes(b"x = '\xff'\n")
    with pytest.raises(UsageError, match=r"is not UTF-8 text \(byte 5\)"):
        workspace.read(two)


def test_a_write_keeps_the_files_mode_and_leaves_nothing_beside(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    path = workspace.path(small_course.exercises[0])
    path.chmod(0o640)
    workspace.write(small_course.exercises[0], "x\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert {beside.name for beside in path.parent.iterdir()} == {"lesson.md", path.name}


def test_progress_that_cannot_be_read_is_left_as_it_is(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    database = workspace.state / "progress.sqlite"
    for beside in workspace.state.glob("progress.sqlite-*"):
        beside.unlink()
    database.write_bytes(b"no database at all " * 100)
    with pytest.raises(UsageError, match="your progress cannot be read"):
        workspace.progress()
    assert database.read_bytes() == b"no database at all " * 100
