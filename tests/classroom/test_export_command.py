"""``cnn-tutor export``, from a class that was graded to what others read."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.classroom.contracts import faults_of_gradescope
from tests.classroom.example_class import PEOPLE
from tests.conftest import SMALL_COURSE
from tutor.classroom.exports.similarity import laid_out

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tutor.course import Course

    Run = Callable[..., subprocess.CompletedProcess[str]]

SOLUTIONS = SMALL_COURSE / "solutions"
EVIL = "=cmd <b>evil"


@pytest.fixture(scope="module")
def graded(cnn_tutor: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a gradebook of Ada, who is right, Bob, who adds, and one with an evil name who does too."""
    folder = tmp_path_factory.mktemp("class")
    for learner, answer in (("ada", "scale.py"), ("bob", "wrong/adds.py"), (EVIL, "wrong/adds.py")):
        (folder / "submissions" / learner).mkdir(parents=True)
        (folder / "submissions" / learner / "scale.py").write_text((SOLUTIONS / "02_scale" / answer).read_text())
    (folder / "roster.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\nLovelace Ada,101,u-1,ada,One\nBob,102,u-2,bob,One\n"
    )
    done = cnn_tutor(
        "grade", "submissions", "--course", SMALL_COURSE, "--exercise", "2", "--roster", "roster.csv", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_table_is_what_is_printed_where_nothing_else_is_asked(cnn_tutor: Run, graded: Path) -> None:
    done = cnn_tutor("export", cwd=graded)
    assert done.returncode == 0
    assert "2 of 2" in done.stdout
    assert "points. Exercises: passed 2." in cnn_tutor("--plain", "export", cwd=graded).stdout


def test_data_goes_to_stdout_alone_and_words_to_stderr(cnn_tutor: Run, graded: Path) -> None:
    done = cnn_tutor("export", "gradebook.sqlite", "--format", "canvas", "--assignment", "2=77", cwd=graded)
    assert done.returncode == 0
    header, _, *people = csv.reader(io.StringIO(done.stdout))
    assert header[-1] == "02 Scale a tensor (77)"
    assert [(row[1], row[-1]) for row in people] == [("102", "0"), ("101", "2")]
    assert done.stderr == f"Left out, as the roster says nothing that Canvas knows them by: {EVIL}\n"


def test_one_learner_for_gradescope(cnn_tutor: Run, graded: Path) -> None:
    done = cnn_tutor("export", "--format", "gradescope", "--learner", "bob", cwd=graded)
    told = json.loads(done.stdout)
    assert faults_of_gradescope(told) == []
    assert [test["score"] for test in told["tests"]] == [0]


def test_it_can_be_written_to_a_file(cnn_tutor: Run, graded: Path, tmp_path: Path) -> None:
    done = cnn_tutor("export", "--format", "json", "--output", tmp_path / "class.json", cwd=graded)
    assert done.stdout == ""
    assert json.loads((tmp_path / "class.json").read_text())["format"] == 1
    failed = cnn_tutor("export", "--format", "json", "--output", tmp_path / "no" / "class.json", cwd=graded)
    assert failed.returncode == 2
    assert "cannot be written" in failed.stderr


def test_a_report_is_written(cnn_tutor: Run, graded: Path, tmp_path: Path) -> None:
    done = cnn_tutor("export", "--report", tmp_path / "report", cwd=graded)
    assert done.returncode == 0
    assert done.stdout == ""
    page = (tmp_path / "report" / "index.html").read_text()
    assert "&lt;b&gt;evil" in page
    assert "<b>evil" not in page
    assert len(list((tmp_path / "report" / "learners").iterdir())) == 3


def test_programs_are_laid_out_for_others_to_compare(cnn_tutor: Run, graded: Path, tmp_path: Path) -> None:
    call = ("export", "--similarity", tmp_path / "alike", "--course", SMALL_COURSE)
    assert cnn_tutor(*call, cwd=graded).returncode == 0
    found = sorted(path.relative_to(tmp_path / "alike").as_posix() for path in (tmp_path / "alike").rglob("*.py"))
    assert found == ["02_scale/starter/scale.py", *(f"02_scale/submissions/{one}/scale.py" for one in "123")]
    rows = csv.DictReader((tmp_path / "alike" / "who.csv").read_text().splitlines())
    who = {row["learner"]: row["id"] for row in rows}
    adds = (SOLUTIONS / "02_scale" / "wrong" / "adds.py").read_text()
    assert (tmp_path / "alike" / "02_scale" / "submissions" / who["bob"] / "scale.py").read_text() == adds
    assert who[f"'{EVIL}"] in "123"
    again = cnn_tutor(*call, cwd=graded)
    assert again.returncode == 2
    assert "is not empty" in again.stderr


def test_numbers_by_hand_and_what_one_alone_handed_in_are_not_compared(small_course: Course) -> None:
    sources = [(one, slug, "x.py", f"text of {one}") for slug in ("sum-by-hand", "scale") for one in ("ada", "bob")]
    sources.append(("ada", "affine", "affine.py", "alone"))
    paths = [file.path for file in laid_out(PEOPLE, small_course.exercises, sources)]
    assert [path for path in paths if path.endswith(".py")] == [
        "02_scale/starter/scale.py", "02_scale/submissions/1/scale.py", "02_scale/submissions/2/scale.py",
    ]  # fmt: skip


def test_another_course_than_the_gradebook_is_of_is_refused(cnn_tutor: Run, graded: Path, tmp_path: Path) -> None:
    done = cnn_tutor("export", "--similarity", tmp_path / "alike", cwd=graded)
    assert done.returncode == 2
    assert "has no exercise scale" in done.stderr
    assert "--course" in done.stderr


def test_files_for_a_place_need_no_gradebook(cnn_tutor: Run, tmp_path: Path) -> None:
    call = ("export", "--ready", "gradescope", "here", "--exercise", "2", "--course", SMALL_COURSE)
    done = cnn_tutor(*call, cwd=tmp_path)
    assert done.returncode == 0
    assert "here/run_autograder" in done.stderr
    assert (tmp_path / "here" / "exercises.txt").read_text().splitlines()[1:] == ["scale"]
    assert (tmp_path / "here" / "course" / "solutions" / "02_scale" / "checks.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing.sqlite",), "no such gradebook"),
        (("--format", "gradescope"), "--learner"),
        (("--format", "gradescope", "--learner", "zoe"), "'zoe'"),
        (("--format", "csv", "--learner", "ada"), "whole class"),
        (("--learner", "ada"), "whole class"),
        (("--output", "x"), "for programs"),
        (("--format", "canvas", "--assignment", "2"), "--assignment 2"),
        (("--format", "canvas", "--assignment", "nothing=3"), "nothing=3"),
        (("--format", "classroom50", "--learner", "ada"), "CLASSROOM"),
        (("--exercise", "2"), "--ready"),
        (("--ready", "gradescope", "x", "--format", "csv"), "--ready"),
        (("--ready", "moodle", "x"), "moodle"),
    ],
)
def test_what_cannot_be_done_is_said(cnn_tutor: Run, graded: Path, arguments: tuple[str, ...], says: str) -> None:
    done = cnn_tutor("export", *arguments, cwd=graded)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
