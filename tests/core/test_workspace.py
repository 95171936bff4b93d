"""A learner's folder: laid down once, never overwritten, nothing lost."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from tutor.errors import NoWorkspace, UsageError
from tutor.verdict import Verdict
from tutor.workspace import Workspace, find_workspace, make_workspace

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


def test_no_workspace_is_made_inside_another(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path / "mine", small_course, "ada")
    with pytest.raises(UsageError, match="is in a workspace already") as error:
        make_workspace(workspace.root / "exercises", small_course, "ada")
    assert "outside" in error.value.remedy
    assert not (workspace.root / "exercises" / ".cnn-tutor").exists()
    assert make_workspace(workspace.root, small_course)[0] == workspace


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


def test_a_starter_that_nobody_touched_is_not_kept(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    exercise = small_course.exercises[1]
    assert workspace.replace_text(exercise, "mine\n") is False
    assert workspace.replace_text(exercise, exercise.starter("ada")) is True
    for _ in range(2):
        assert workspace.replace_text(exercise, exercise.starter("ada")) is False
    assert [kept.text for kept in workspace.kept_texts(exercise)] == ["mine\n"]


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


NO_DATABASE = b"no database at all " * 100


def set_aside(workspace: Workspace) -> list[Path]:
    return sorted(path for path in workspace.state.iterdir() if "unreadable" in path.name)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there is no umask")
def test_a_new_file_may_be_read_by_whom_the_umask_says(small_course: Course, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        workspace, _ = make_workspace(tmp_path / "mine", small_course, "ada")
    finally:
        os.umask(before)
    for path in workspace.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_progress_that_cannot_be_read_is_set_aside_and_begun_anew(
    small_course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    workspace.progress_path.write_bytes(NO_DATABASE)
    workspace.progress_path.with_name("progress.sqlite-shm").write_bytes(b"of a transaction")
    with workspace.progress() as progress:
        assert progress.standings() == {}
        assert progress.setting("learner") == "ada"
    aside, log = set_aside(workspace)
    assert aside.read_bytes() == NO_DATABASE
    assert log.name == f"{aside.name}-shm"
    said = capsys.readouterr().err
    assert aside.name in said
    assert "exercises are as they were" in said
    assert Workspace(tmp_path).learner == "ada"
    assert capsys.readouterr().err == ""


def test_a_second_damaged_file_does_not_replace_the_first(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    for _ in range(3):
        workspace.progress_path.write_bytes(NO_DATABASE)
        workspace.progress().close()
    assert len(set_aside(workspace)) == 3


def test_damage_inside_the_file_is_found_when_an_attempt_is_kept(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    for _ in range(50):
        workspace.keep_attempt(a_verdict(), "x" * 2000)
    data = bytearray(workspace.progress_path.read_bytes())
    # Everything but the first page, which holds the header and the schema.
    data[4096:] = b"\x55" * (len(data) - 4096)
    workspace.progress_path.write_bytes(data)
    assert workspace.keep_attempt(a_verdict(), "mine") == 1
    (aside,) = set_aside(workspace)
    assert aside.read_bytes() == bytes(data)
    with workspace.progress() as progress:
        assert progress.last_attempt("scale") == (a_verdict(), "mine")


def test_a_sound_file_is_not_set_aside(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    assert workspace.set_aside_if_damaged() is None
    assert set_aside(workspace) == []


def test_of_two_that_find_it_damaged_the_second_leaves_the_new_one(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    workspace.progress_path.write_bytes(NO_DATABASE)
    both = [threading.Thread(target=lambda: workspace.progress().close()) for _ in range(8)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(set_aside(workspace)) == 1


def test_a_name_that_nothing_knows_any_more_is_asked_for(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    (workspace.state / "learner").unlink()
    workspace.progress_path.write_bytes(NO_DATABASE)
    with pytest.raises(UsageError, match="not known any more") as error:
        _ = Workspace(tmp_path).learner
    assert "init --learner NAME" in error.value.remedy
    assert make_workspace(tmp_path, small_course, "ada")[0].learner == "ada"


def test_the_name_of_a_workspace_of_the_first_version_is_put_beside(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    (workspace.state / "learner").unlink()
    assert Workspace(tmp_path).learner == "ada"
    assert (workspace.state / "learner").read_text() == "ada\n"


def test_a_workspace_whose_progress_was_deleted_is_still_one(small_course: Course, tmp_path: Path) -> None:
    workspace, _ = make_workspace(tmp_path, small_course, "ada")
    workspace.progress_path.unlink()
    assert find_workspace(tmp_path).learner == "ada"


def a_verdict() -> Verdict:
    return Verdict("scale", 2, "fail", 0.0, 2.0, 1, {"atol": 0.1}, ())
