"""``cnn-tutor grade``: a class, as an instructor judges it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tutor.classroom.gradebook import Gradebook, GradebookError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.cli.conftest import Program
    from tutor.course import Course

    Grade = Callable[..., subprocess.CompletedProcess[str]]

RIGHT = "def scale(x, factor):\n    return x * factor\n"
WRONG = "def scale(x, factor):\n    return x + factor\n"
HOSTILE = {
    "exits": "import os\nos._exit(0)\n",
    "endless": "while True: pass\n",
    "conftest": "import pathlib\npathlib.Path('/tmp/cnn-tutor-was-here').write_text('x')\n",
    "broken": "def scale(x, factor:\n",
}


def hand_in(root: Path, learner: str, name: str, text: str) -> Path:
    path = root / learner / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """Ada's is right, Bob's wrong."""
    root = tmp_path / "submissions"
    hand_in(root, "ada", "scale.py", RIGHT)
    hand_in(root, "bob", "exercises/02_scale/scale.py", WRONG)
    return root


@pytest.fixture
def grade(tmp_path: Path, cnn_tutor: Grade, small_course: Course) -> Grade:
    """Grades by the small course."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return cnn_tutor("grade", *arguments, cwd=tmp_path, course=small_course)

    return run


def by_learner(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, str]]:
    return {row["learner"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


def verdicts(book: Path) -> dict[tuple[str, str], str]:
    with Gradebook(book) as kept:
        grades = kept.results().grades
    return {place: one.verdict.verdict if one.verdict else "waiting" for place, one in grades.items()}


def judged_at(book: Path) -> dict[str, float]:
    db = sqlite3.connect(book)
    try:
        return dict(db.execute("SELECT key, at FROM result"))
    finally:
        db.close()


def test_a_class_is_judged_and_kept(submissions: Path, grade: Grade, tmp_path: Path) -> None:
    done = grade(submissions, "--exercise", "scale")
    assert done.returncode == 0, done.stderr
    assert "ada" in done.stdout
    assert "2 of 2 judged" in done.stderr
    assert "Kept in gradebook.sqlite" in done.stderr
    assert verdicts(tmp_path / "gradebook.sqlite") == {("ada", "scale"): "pass", ("bob", "scale"): "fail"}


def test_only_what_changed_is_judged_again(submissions: Path, grade: Grade, tmp_path: Path) -> None:
    book = tmp_path / "class.sqlite"
    grade(submissions, "--book", book)
    before = judged_at(book)
    again = grade(submissions, "--book", book)
    assert judged_at(book) == before
    assert "2 of 2 submissions are judged already" in again.stderr
    hand_in(submissions, "bob", "exercises/02_scale/scale.py", RIGHT.replace("factor", "k"))
    hand_in(submissions, "carl", "scale.py", RIGHT)
    grade(submissions, "--book", book)
    after = judged_at(book)
    assert len(after) == len(before) + 1, "Carl's is the same as Ada's"
    assert before.items() <= after.items()
    assert verdicts(book) == {(learner, "scale"): "pass" for learner in ("ada", "bob", "carl")}
    grade(submissions, "--book", book, "--seed", "2")
    assert len(judged_at(book)) == len(after) + 2


def test_one_bad_submission_never_spoils_the_others(submissions: Path, grade: Grade, tmp_path: Path) -> None:
    for learner, text in HOSTILE.items():
        hand_in(submissions, learner, "scale.py", text)
    hand_in(submissions, "exits", "conftest.py", HOSTILE["conftest"])
    done = grade(submissions, "--exercise", "scale", "--book", tmp_path / "class.sqlite")
    assert done.returncode == 0, done.stderr
    found = verdicts(tmp_path / "class.sqlite")
    assert {learner: verdict for (learner, _), verdict in found.items()} == {
        "ada": "pass",
        "bob": "fail",
        "exits": "error",
        "endless": "timeout",
        "conftest": "error",
        "broken": "error",
    }


def test_programs_read_it_from_stdout_alone(submissions: Path, grade: Grade) -> None:
    done = grade(submissions, "--exercise", "scale", "--format", "csv")
    rows = by_learner(done)
    assert list(rows) == ["ada", "bob"]
    everything = json.loads(grade(submissions, "--exercise", "scale", "--format", "json").stdout)
    assert everything["format"] == 1
    assert "<testsuites" in grade(submissions, "--exercise", "scale", "--format", "junit").stdout


def test_one_learners_folder_is_judged_for_whoever_runs_it(submissions: Path, grade: Grade, tmp_path: Path) -> None:
    needs = grade(submissions / "ada", "--exercise", "scale", "--format", "gradescope")
    assert needs.returncode == 2
    assert "--learner NAME" in needs.stderr
    done = grade(submissions / "ada", "--exercise", "scale", "--learner", "ada", "--format", "gradescope")
    assert done.returncode == 0, done.stderr
    assert [test["status"] for test in json.loads(done.stdout)["tests"]] == ["passed"]
    assert not (tmp_path / "gradebook.sqlite").exists()


def test_one_learner_who_handed_nothing_in_has_no_points(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = grade(tmp_path / "empty", "--exercise", "scale", "--learner", "ada", "--format", "csv")
    assert done.returncode == 0, done.stderr
    row = by_learner(done)["ada"]
    assert (row["scale status"], row["score"]) == ("missing", "0")


def test_answers_to_the_questions_of_another_are_seen(
    grade: Grade, small_course: Course, tmp_path: Path, submissions: Path
) -> None:
    exercise = small_course.find("sum-by-hand")
    answers = exercise.reference("ada")
    with_questions = f"{exercise.starter('ada')}\n{answers}"
    hand_in(submissions, "ada", "sum_by_hand.py", with_questions)
    hand_in(submissions, "bob", "sum_by_hand.py", with_questions)
    hand_in(submissions, "carl", "sum_by_hand.py", answers)
    hand_in(
        submissions, "dora", "sum_by_hand.py", exercise.reference("dora").replace("q3_total = [", "q3_total = [1 + ")
    )
    done = grade(submissions, "--exercise", "sum-by-hand")
    assert done.returncode == 0, done.stderr
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        findings = book.results().findings
        assert verdicts(tmp_path / "gradebook.sqlite")["ada", "sum-by-hand"] == "pass"
    seen = {one.learner: one.says for one in findings if one.kind == "others_numbers"}
    assert seen == {
        "bob": "the questions in the file are those of 'ada', not of 'bob'",
        "carl": "the wrong numbers are the right ones for the questions of 'ada', not of 'carl'",
    }
    before = judged_at(tmp_path / "gradebook.sqlite")
    grade(submissions, "--exercise", "sum-by-hand")
    assert judged_at(tmp_path / "gradebook.sqlite") == before


def test_a_roster_says_who_is_missing_and_whose_questions_they_are(
    submissions: Path, grade: Grade, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("learner,username,name\nlovelace,ada,Ada Lovelace\nboole,bob,George\nnoether,emmy,Emmy\n")
    done = grade(submissions, "--exercise", "scale", "--roster", roster, "--format", "csv")
    assert list(by_learner(done)) == ["lovelace", "noether", "boole"]
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        assert [(one.kind, one.learner) for one in book.results().findings] == [("missing", "noether")]


def test_a_roster_holds_until_another_is_given(submissions: Path, grade: Grade, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("learner,name,email\nada,Ada Lovelace,ada@example.org\nemmy,Emmy,\n")
    grade(submissions, "--exercise", "scale", "--roster", roster)
    again = grade(submissions, "--exercise", "scale", "--format", "csv")
    assert "roster given before: 2 people" in again.stderr
    rows = by_learner(again)
    assert list(rows) == ["ada", "bob", "emmy"]
    assert (rows["ada"]["name"], rows["ada"]["email"]) == ("Ada Lovelace", "ada@example.org")
    roster.write_text("learner,name\nada,Ada\n")
    assert list(by_learner(grade(submissions, "--exercise", "scale", "--roster", roster, "--format", "csv"))) == [
        "ada",
        "bob",
    ]


def test_ctrl_c_loses_nothing(
    submissions: Path,
    grade: Grade,
    tmp_path: Path,
    small_course: Course,
    in_terminal: Callable[..., AbstractContextManager[Program]],
) -> None:
    hand_in(submissions, "zoe", "scale.py", "while True: pass\n")
    book, course = tmp_path / "gradebook.sqlite", small_course.location.exercises.parent
    with in_terminal(
        tmp_path, "--course", str(course), "grade", str(submissions), "--exercise", "scale", "--jobs", "1"
    ) as grading:
        grading.wait_for("2 of 3 judged")
        grading.press("\x03")
        grading.wait_for("Stopped. 2 of 3 verdicts are kept: the same command goes on from there.")
        assert grading.end(60) == 130
    before = judged_at(book)
    assert len(before) == 2
    done = grade(submissions, "--exercise", "scale")
    assert "1 of 1 judged" in done.stderr
    assert before.items() < judged_at(book).items()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "does not exist"),
        (["submissions", "--deadline", "soon"], "is no time"),
        (["submissions", "--exercise", "affine"], "nobody handed in anything"),
        (["submissions", "--exercise", "99"], "there is no exercise"),
        (["submissions", "--book", "submissions/ada/scale.py"], "scale.py"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(submissions: Path, grade: Grade, arguments: list[str], says: str) -> None:
    done = grade(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert (submissions / "ada" / "scale.py").read_text() == RIGHT


def test_a_gradebook_is_told_from_any_other_database(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE mine (x)")
    db.commit()
    db.close()
    with pytest.raises(GradebookError, match="is no gradebook"):
        Gradebook(path)
    with pytest.raises(GradebookError, match="there is no such gradebook"):
        Gradebook(tmp_path / "missing.sqlite")
    with (
        Gradebook(tmp_path / "new.sqlite", make=True) as book,
        pytest.raises(GradebookError, match="nothing was graded"),
    ):
        book.results()
