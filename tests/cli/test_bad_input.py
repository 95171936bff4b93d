"""Bad input gets a clear error, and loses nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tutor.cli import COMMANDS, help_text
from tutor.course import CourseLocation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tutor.course import Course

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (lambda path: path.write_bytes(b"\x7fELF\xff\xfe"), "is not UTF-8 text (byte 4)"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: None, "cannot be read: No such file or directory"),
    ],
)
@pytest.mark.parametrize("command", [["check", "24", "--submission"], None])
def test_a_file_that_is_no_text_is_named(
    cnn_tutor: Run,
    course: Course,
    folder: Path,
    make: Callable[[Path], object],
    says: str,
    command: list[str] | None,
) -> None:
    exercise = course.find("residual-block")
    if command is None:
        path = folder / "exercises" / exercise.manifest.folder / exercise.filename
        path.unlink()
        arguments = ["check", "24"]
    else:
        path = folder / "theirs.py"
        arguments = [*command, str(path)]
    make(path)
    done = cnn_tutor(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreadable_workspace_is_said_so(cnn_tutor: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = cnn_tutor("init", "file", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "file: cannot be written to" in done.stderr


def test_a_typo_in_a_manifest_names_file_field_and_the_nearest(
    cnn_tutor: Run, small_course: Course, tmp_path: Path
) -> None:
    for part in (small_course.location.exercises, small_course.location.solutions):
        shutil.copytree(part, tmp_path / part.name)
    course = replace(small_course, location=CourseLocation(tmp_path / "exercises", tmp_path / "solutions"))
    manifest = tmp_path / "exercises" / "02_scale" / "exercise.toml"
    manifest.write_text(manifest.read_text().replace("timeout_s", "timout_s"))
    (tmp_path / ".cnn-tutor").mkdir()
    (tmp_path / ".cnn-tutor" / "learner").write_text("ada\n")
    for arguments in (["init"], ["check", "--all"], ["list"], ["hint", "2"], ["update"], ["watch"], ["practice", "1"]):
        done = cnn_tutor(*arguments, cwd=tmp_path, course=course)
        assert done.returncode == 2, (arguments, done)
        assert f"{manifest}: unknown field `timout_s`; did you mean `timeout_s`?" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_help_fits_and_names_every_command(columns: int) -> None:
    lines = help_text(columns).splitlines()
    assert max(map(len, lines)) <= columns
    for command in COMMANDS:
        assert any(line.startswith(f"  {command} ") for line in lines)


def test_every_command_of_the_table_has_a_help(cnn_tutor: Run, tmp_path: Path) -> None:
    for command in COMMANDS:
        done = cnn_tutor(command, "--help", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"Usage: cnn-tutor {command}")


def test_forty_columns_are_enough(cnn_tutor: Run, folder: Path) -> None:
    for arguments in (["--help"], ["list"], ["check", "--help"]):
        done = cnn_tutor(*arguments, cwd=folder, COLUMNS="40")
        assert done.returncode == 0
        widest = max(done.stdout.splitlines(), key=len)
        assert len(widest.rstrip()) <= 40, widest


def test_a_fault_of_ours_is_no_traceback(tmp_path: Path) -> None:
    code = "import tutor.group\ndel tutor.group.cli\nfrom tutor.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 3
    assert "this is a fault of ours: ImportError" in done.stderr
    assert "Traceback" not in done.stderr
    debug = {**os.environ, "CNN_TUTOR_DEBUG": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=debug)
    assert "Traceback" in done.stderr
