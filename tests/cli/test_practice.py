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


def right_answer(course: Course, seed: int) -> str:
    """The totals and the means of the columns, as one would type them."""
    rows = course.exercises[0].practice(seed)[0].given["rows"]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    return " ".join(map(str, totals)) + "\n" + ", ".join(f"{total}/{len(rows)}" for total in totals) + "\n"


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
        ("(lambda n: 2 * n)(3)", (), "(lambda n: 2 * n)(3)"),
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
        ("x y", (2,), "`x` is no number"),
        ("1 id", (2,), "`id` is no number"),
        ("[2 * y for x in (1, 2)]", (2,), "`y` is no number"),
        ("[[1, 2], [3, 4 * y]]", (2, 2), "`y` is no number"),
        ("2 * y", (), "`y` is no number"),
        ("+".join(["1"] * 200_000), (), "1…` is no number"),
        ("-" * 100_000 + "1", (2,), "---…` is no number"),
        ("lambda: " * 50_000 + "1", (2, 2), "is no number"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(typed: str, shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(NotUnderstood) as error:
        as_python(typed, shape)
    assert says in str(error.value)
    assert len(str(error.value)) < 200


def test_wrong_answers_are_explained_and_right_ones_counted(
    cnn_tutor: Run, small_course: Course, tmp_path: Path
) -> None:
    stdin = "".join(
        (
            right_answer(small_course, 5),
            "7 five! 1\n1 1 1\n1 1 1\n",
            f"1/0, 1, 1\n1 1 1\n{right_answer(small_course, 7)}",
            "?\n",
            "q\n",
        )
    )
    done = cnn_tutor("practice", "1", "--seed", "5", cwd=tmp_path, stdin=stdin, course=small_course)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 1
    variants = done.stdout.split("Variant ")[1:]
    assert [variant.split()[0] for variant in variants] == ["5", "6", "7", "8", "9"]
    right, wrong, again, shown, _ = variants
    assert "✓ Right." in right
    assert "worked out" not in right
    assert "`five!` is no number or expression" in wrong
    assert "✗ Not right." in wrong
    assert "total of each column: 0 of 3 right. Off: number 1 (you: 1); number 2 (you: 1)" in wrong
    for worked in small_course.exercises[0].practice(6)[0].worked.splitlines():
        assert worked in wrong
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


def test_a_row_of_a_table_is_refused_as_it_is_typed(cnn_tutor: Run, tmp_path: Path) -> None:
    done = cnn_tutor("practice", "2", "--seed", "1", "--count", "1", cwd=tmp_path, stdin="x y z\n0 0 0\nq\n")
    assert done.stdout.count("row 1:") == 2
    assert "`x` is no number." in done.stdout
    assert "row 2:" in done.stdout
    assert done.stdout.count("row by row") == 1


def test_a_prompt_leaves_room_to_type_in_forty_columns(cnn_tutor: Run, tmp_path: Path) -> None:
    for columns, prompt in (("40", "numbers):\n  "), ("80", "rows, columns (2 numbers): ")):
        done = cnn_tutor("practice", "1", "--seed", "1", cwd=tmp_path, stdin="q\n", COLUMNS=columns)
        assert done.stdout.endswith(prompt)
        assert max(map(len, done.stdout.splitlines())) <= int(columns)


def test_it_says_first_what_can_be_typed(cnn_tutor: Run, small_course: Course, tmp_path: Path) -> None:
    done = cnn_tutor("practice", "1", cwd=tmp_path, stdin="q\n", course=small_course)
    first = done.stdout.splitlines()[0]
    assert "q ends" in first
    assert "? shows how it is worked out" in first


def test_the_end_of_the_input_ends_it_with_a_summary(cnn_tutor: Run, small_course: Course, tmp_path: Path) -> None:
    stdin = right_answer(small_course, 3)
    done = cnn_tutor("practice", "1", "--seed", "3", cwd=tmp_path, stdin=stdin, course=small_course)
    assert (done.returncode, done.stderr) == (0, "1 of 1 right.\n")
    nothing = cnn_tutor("practice", "1", cwd=tmp_path)
    assert (nothing.returncode, nothing.stderr) == (0, "Nothing answered.\n")


def test_it_is_no_attempt(cnn_tutor: Run, small_course: Course, tmp_path: Path) -> None:
    assert cnn_tutor("init", cwd=tmp_path, course=small_course).returncode == 0
    cnn_tutor("practice", "1", "--count", "1", cwd=tmp_path, stdin=right_answer(small_course, 1), course=small_course)
    listed = cnn_tutor("list", cwd=tmp_path, course=small_course).stdout
    assert listed.count("not begun") == len(small_course.exercises)


def test_a_program_to_write_cannot_be_practised(cnn_tutor: Run, small_course: Course, tmp_path: Path) -> None:
    done = cnn_tutor("practice", "2", cwd=tmp_path, course=small_course)
    assert (done.returncode, done.stdout) == (2, "")
    assert "exercise 2 is a program to write" in done.stderr
    assert "  1  sum-by-hand\n" in done.stderr
    assert "For example: cnn-tutor practice 1" in done.stderr


def test_what_is_practised_instead_is_the_last_by_hand_before_it(cnn_tutor: Run, tmp_path: Path) -> None:
    done = cnn_tutor("practice", "3", cwd=tmp_path)
    assert "For example: cnn-tutor practice 2\n" in done.stderr
    assert max(map(len, done.stderr.splitlines())) <= 80


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
    while not process.stdout.readline().strip():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert "Traceback" not in process.communicate()[1]
