"""Practice, as it is typed and as it is piped in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tutor.practice import NotUnderstood, as_python

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tutor.course import Course

    Run = Callable[..., subprocess.CompletedProcess[str]]

SHAPES = "conv-output-shape"


def right_answer(course: Course, seed: int) -> str:
    """The output shape, as one would type it."""
    given = course.find(SHAPES).practice(seed)[0].given
    axes = zip(given["input"], given["kernel"], given["padding"], given["stride"], strict=True)
    return " ".join(str((size + 2 * pad - kernel) // step + 1) for size, kernel, pad, step in axes)


@pytest.mark.parametrize(
    ("typed", "shape", "python"),
    [
        ("7", (), "7"),
        (" 9 / 4 ", (), "9 / 4"),
        ("−2", (), "-2"),
        ("3·4", (), "3*4"),
        ("7 5", (2,), "[7, 5]"),
        ("7, 5", (2,), "[7, 5]"),
        ("(7, 5)", (2,), "[7, 5]"),
        ("[7, 5],", (2,), "[7, 5]"),
        ("7 × 5", (2,), "[7, 5]"),
        ("7x5", (2,), "[7, 5]"),
        ("1/2, 2 ** 3, -1", (3,), "[1/2, 2 ** 3, -1]"),
        ("max(1, 2), 3", (2,), "[max(1, 2), 3]"),
        ("[2 * x for x in (1, 2)]", (2,), "[2 * x for x in (1, 2)]"),
        ("[[1, 2], [3, 4/2]]", (2, 2), "[[1, 2], [3, 4/2]]"),
    ],
)
def test_numbers_are_taken_as_people_write_them(typed: str, shape: tuple[int, ...], python: str) -> None:
    assert as_python(typed, shape) == python


@pytest.mark.parametrize(
    ("typed", "shape", "says"),
    [
        ("1,5", (), "write 1.5: Python's decimal sign is the point"),
        ("seven days", (), "is no number or expression that Python understands"),
        ("1; import os", (), "is no number"),
        ("2,5 3,5", (2,), "write 2.5"),
        ("1 2 3", (2,), "3 numbers; 2 are asked"),
        ("1", (2,), "1 number; 2 are asked"),
        ("7 five!", (2,), "`five!` is no number"),
        ("[[1, 2]]", (2, 2), "1 rows; 2 are asked"),
        ("[[1, 2], [3]]", (2, 2), "1 number; 2 are asked"),
        ("1)\nq2 = (2", (), "is no number"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(typed: str, shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(NotUnderstood) as error:
        as_python(typed, shape)
    assert says in str(error.value)


def test_wrong_answers_are_explained_and_right_ones_counted(cnn_tutor: Run, course: Course, tmp_path: Path) -> None:
    stdin = f"{right_answer(course, 5)}\n7 five!\n1 1\n1/0, 1\n{right_answer(course, 7)}\n?\nq\n"
    done = cnn_tutor("practice", SHAPES, "--seed", "5", cwd=tmp_path, stdin=stdin)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 1
    variants = done.stdout.split("Variant ")[1:]
    assert [variant.split()[0] for variant in variants] == ["5", "6", "7", "8", "9"]
    right, wrong, again, shown, _ = variants
    assert "✓ Right." in right
    assert "worked out" not in right
    assert "is no number or expression" in wrong
    assert "✗ Not right." in wrong
    assert "rows, columns: 0 of 2 right. Off: number 1 (you: 1); number 2 (you: 1)" in wrong
    worked = course.find(SHAPES).practice(6)[0].worked
    assert worked.split("**")[1] in wrong
    assert "That cannot be calculated" in again
    assert "division by zero" in again
    assert "✓ Right." in again
    assert "How it is worked out" in shown
    assert done.stderr.endswith("2 of 4 right.\n")


def test_a_table_is_read_row_by_row(cnn_tutor: Run, tmp_path: Path) -> None:
    stdin = "1 2 3\n1 2 3\n" + "0 0 0\n" * 4
    done = cnn_tutor("practice", "11", "--seed", "1", "--count", "1", cwd=tmp_path, stdin=stdin)
    assert done.returncode == 1
    assert "row 4:" in done.stdout
    assert "output, a row per sample: " in done.stdout
    whole = "1 2 3\n1 2 3\n[[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]\n"
    at_once = cnn_tutor("practice", "11", "--seed", "1", "--count", "1", cwd=tmp_path, stdin=whole)
    assert "row 2:" not in at_once.stdout
    assert at_once.stdout.split("✗ Not right.")[1] == done.stdout.split("✗ Not right.")[1]


def test_the_end_of_the_input_ends_it_with_a_summary(cnn_tutor: Run, course: Course, tmp_path: Path) -> None:
    done = cnn_tutor("practice", "1", "--seed", "3", cwd=tmp_path, stdin=right_answer(course, 3) + "\n")
    assert (done.returncode, done.stderr) == (0, "1 of 1 right.\n")
    nothing = cnn_tutor("practice", "1", cwd=tmp_path)
    assert (nothing.returncode, nothing.stderr) == (0, "Nothing answered.\n")


def test_it_is_no_attempt(cnn_tutor: Run, folder: Path) -> None:
    cnn_tutor("practice", "1", "--count", "1", cwd=folder, stdin="1 1\n")
    assert "not begun" in cnn_tutor("list", cwd=folder).stdout
    assert "tried" not in cnn_tutor("list", cwd=folder).stdout


def test_a_program_to_write_cannot_be_practised(cnn_tutor: Run, tmp_path: Path) -> None:
    done = cnn_tutor("practice", "24", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "exercise 24 is a program to write" in done.stderr
    assert "1 conv-output-shape" in done.stderr


def test_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "practice", "1", "--no-daemon"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while "What is the shape" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert "Traceback" not in process.communicate()[1]
