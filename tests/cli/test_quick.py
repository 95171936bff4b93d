"""The short way of `list` and `hint` says what the long one says."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tutor import quick
from tutor.course import Course, CourseLocation, load_course
from tutor.verdict import Verdict
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(folder)
    return Workspace(folder)


def test_the_second_time_it_is_quick_and_says_the_same(workspace: Workspace, course: Course, cnn_tutor: Run) -> None:
    first = course.exercises[0]
    assert quick.run(["list"], 100) is None
    workspace.keep_attempt(Verdict(first.slug, first.number, "fail", 1.0, 3.0, 1, {}, ()), "")
    for columns in (40, 100):
        # An option goes the long way.
        long_way = cnn_tutor("list", "--format", "text", cwd=workspace.root, COLUMNS=str(columns)).stdout
        assert quick.run(["list"], columns) == long_way.removesuffix("\n")
        assert "tried, best 1 of 3" in long_way


def test_hints_are_counted_on_both_ways(workspace: Workspace, course: Course, cnn_tutor: Run) -> None:
    first = course.exercises[0]
    seen = cnn_tutor("hint", str(first.number), cwd=workspace.root).stdout
    assert seen.startswith("Hint 1 of")
    second = quick.run(["hint", "exercise", first.slug], 100)
    assert second is not None
    assert second.startswith(seen.rstrip("\n"))
    assert first.manifest.hints[1] in " ".join(second.split())
    third = cnn_tutor("hint", first.filename, cwd=workspace.root).stdout
    assert first.manifest.hints[2] in " ".join(third.split())


@pytest.mark.parametrize("columns", [40, 80])
def test_hints_are_broken_at_words_on_both_ways(
    workspace: Workspace, course: Course, cnn_tutor: Run, columns: int
) -> None:
    first = course.exercises[0]
    with workspace.progress() as progress:
        progress.set_hints_shown(first.slug, len(first.manifest.hints))
    long_way = cnn_tutor("hint", "1", cwd=workspace.root, COLUMNS=str(columns)).stdout
    assert quick.run(["hint", "1"], columns) == long_way.removesuffix("\n")
    assert max(map(len, long_way.splitlines())) <= columns
    words = " ".join(long_way.split())
    assert all(hint in words for hint in first.manifest.hints)


@pytest.mark.parametrize(
    "words", [["hint", "99"], ["hint", "1", "24"], ["list", "--help"], ["check", "1"], [], ["hint"]]
)
def test_what_is_out_of_the_ordinary_goes_the_long_way(workspace: Workspace, course: Course, words: list[str]) -> None:
    quick.keep_outline(workspace, course)
    assert quick.run(["list"], 100) is not None
    assert quick.run(words, 100) is None


def test_a_damaged_file_goes_the_long_way(workspace: Workspace, course: Course) -> None:
    quick.keep_outline(workspace, course)
    workspace.progress_path.write_bytes(b"no database at all " * 100)
    assert quick.run(["list"], 100) is None


def test_a_file_of_another_version_goes_the_long_way(workspace: Workspace, course: Course) -> None:
    quick.keep_outline(workspace, course)
    with closing(sqlite3.connect(workspace.progress_path)) as database:
        database.execute("PRAGMA user_version = 99")
    assert quick.run(["list"], 100) is None


def test_a_changed_manifest_goes_the_long_way(
    small_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "package"
    for part in (small_course.location.exercises, small_course.location.solutions):
        shutil.copytree(part, root / part.name)
    course = load_course(CourseLocation(root / "exercises", root / "solutions"))
    workspace, _ = make_workspace(tmp_path / "mine", course, "ada")
    monkeypatch.chdir(workspace.root)
    monkeypatch.setattr(quick, "_exercises", lambda: str(root / "exercises"))
    quick.keep_outline(workspace, course)
    assert "scale" in (quick.run(["list"], 100) or "")
    manifest = root / "exercises" / "02_scale" / "exercise.toml"
    manifest.write_text(manifest.read_text().replace("timeout_s", "timout_s"))
    assert quick.run(["list"], 100) is None
    shutil.rmtree(manifest.parent)
    assert quick.run(["list"], 100) is None


def test_both_ways_find_the_same_course() -> None:
    code = (
        "from tutor import quick; from tutor.course import builtin_course; "
        "print(quick._exercises()); print(builtin_course().exercises)"
    )
    one, other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert one == other
