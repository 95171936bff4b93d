"""Bad input gets a clear error, and loses nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.cli import COMMANDS, help_text
from tutor.course import CourseLocation
from tutor.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Course

    Run = Callable[..., subprocess.CompletedProcess[str]]


def _enormous(path: Path) -> None:
    """A file of 300 GiB that takes up nothing."""
    with path.open("wb") as file:
        file.truncate(300 << 30)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (lambda path: path.write_bytes(b"\x7fELF\xff\xfe"), "is not UTF-8 text (byte 4)"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: None, "cannot be read: No such file or directory"),
        (lambda path: os.mkfifo(path), "is no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "is no regular file"),
        (lambda path: path.write_bytes(b"#" * ((1 << 20) + 1)), "is larger than 1 MiB"),
        (_enormous, "is larger than 1 MiB"),
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


def test_a_device_in_a_files_place_is_not_reset(cnn_tutor: Run, course: Course, folder: Path) -> None:
    exercise = course.find("residual-block")
    path = folder / "exercises" / exercise.manifest.folder / exercise.filename
    path.unlink()
    os.mkfifo(path)
    done = cnn_tutor("reset", "24", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}: is no regular file" in done.stderr


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/0"])
def test_a_submission_may_be_handed_over_by_the_shell(cnn_tutor: Run, course: Course, folder: Path, path: str) -> None:
    source = course.find("residual-block").reference("ada")
    assert cnn_tutor("check", "24", "--submission", path, cwd=folder, stdin=source).returncode == 0
    done = cnn_tutor("check", "24", "--submission", path, cwd=folder, stdin="#" * (2 << 20))
    assert (done.returncode, done.stdout) == (2, "")
    assert "is larger than 1 MiB" in done.stderr


def test_a_files_name_is_not_obeyed_by_the_terminal(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("check", "24", "--submission", "\x1b]0;title\x07\u202e.py", cwd=folder)
    assert done.returncode == 2
    assert "\ufffd]0;title\ufffd\ufffd.py: cannot be read" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_file_with_a_byte_order_mark_is_read_as_python_reads_it(cnn_tutor: Run, course: Course, folder: Path) -> None:
    exercise = course.find("residual-block")
    path = folder / "exercises" / exercise.manifest.folder / exercise.filename
    path.write_text(exercise.reference("ada"), encoding="utf-8-sig")
    assert cnn_tutor("check", "24", cwd=folder).returncode == 0


def test_a_starter_with_a_byte_order_mark_is_untouched_still(cnn_tutor: Run, course: Course, folder: Path) -> None:
    exercise = course.find("residual-block")
    path = folder / "exercises" / exercise.manifest.folder / exercise.filename
    path.write_text(path.read_text(), encoding="utf-8-sig")
    done = cnn_tutor("check", "24", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["verdict"] == "not_started"
    assert "24" not in cnn_tutor("update", cwd=folder).stdout


def test_what_lies_in_a_files_place_is_not_reset(cnn_tutor: Run, course: Course, folder: Path) -> None:
    exercise = course.find("residual-block")
    path = folder / "exercises" / exercise.manifest.folder / exercise.filename
    path.unlink()
    path.mkdir()
    done = cnn_tutor("reset", "24", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}: cannot be read: Is a directory" in done.stderr


def test_a_text_that_is_not_utf8_is_kept_byte_for_byte(cnn_tutor: Run, course: Course, folder: Path) -> None:
    exercise = course.find("residual-block")
    path = folder / "exercises" / exercise.manifest.folder / exercise.filename
    path.write_bytes(b"# na\xefve\n")
    assert cnn_tutor("reset", "24", cwd=folder).returncode == 0
    with Progress(folder / ".cnn-tutor" / "progress.sqlite") as progress:
        assert (progress.last_kept_text("residual-block") or "").encode("latin-1") == b"# na\xefve\n"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a current folder cannot be removed")
@pytest.mark.parametrize("command", [["list"], ["check", "1"], ["doctor"], ["init"]], ids=" ".join)
def test_a_current_folder_that_is_gone_is_said_so(tmp_path: Path, command: list[str]) -> None:
    program = "import os, shutil; shutil.rmtree(os.getcwd())\nfrom tutor.cli import main\nmain()"
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program, *command], cwd=tmp_path / "gone", capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cnn-tutor: the current folder is gone\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", [["list"], ["list", "--format", "json"], ["--help"]], ids=" ".join)
def test_output_that_cannot_be_written_is_no_fault_of_ours(folder: Path, command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tutor", *command], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 3
    assert done.stderr == "cnn-tutor: the output cannot be written: No space left on device\n"


def test_a_closed_output_is_no_fault_of_ours(folder: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m tutor list >&-', sys.executable], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_option_of_the_app_does_not_get_lost_before_a_command(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("--data", "synthetic", "train", "bn", cwd=folder)
    assert done.returncode == 2
    assert "--data goes behind the command: cnn-tutor train … --data synthetic" in done.stderr


def test_a_damaged_progress_file_of_another_folder_is_set_aside_there(
    cnn_tutor: Run, folder: Path, tmp_path: Path
) -> None:
    path = folder / ".cnn-tutor" / "progress.sqlite"
    # The first page, which says what tables there are, is sound; the tables are not.
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\x55" * (len(data) - 4096))
    shutil.rmtree(next((folder / "exercises").glob("24_*")))
    done = cnn_tutor("init", str(folder), cwd=tmp_path)
    assert done.returncode == 2
    assert "Give the same command again." in done.stderr
    assert cnn_tutor("init", str(folder), cwd=tmp_path).returncode == 0


def test_a_template_that_names_nothing_is_a_fault_of_its_file(
    cnn_tutor: Run, small_course: Course, tmp_path: Path
) -> None:
    for part in (small_course.location.exercises, small_course.location.solutions):
        shutil.copytree(part, tmp_path / part.name)
    course = replace(small_course, location=CourseLocation(tmp_path / "exercises", tmp_path / "solutions"))
    starter = tmp_path / "exercises" / "01_sum_by_hand" / "sum_by_hand.py"
    starter.write_text(starter.read_text() + "# $5\n")
    done = cnn_tutor("init", "ws", cwd=tmp_path, course=course)
    assert done.returncode == 2
    assert f"{starter}: is no template" in done.stderr


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
