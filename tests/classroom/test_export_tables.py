"""The tables: for people, for Canvas, for Moodle, and in the terminal."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tests.classroom.example_class import AFFINE, HOSTILE_NAMES, PEOPLE, example, hostile, of
from tutor.classroom.exports import exported
from tutor.classroom.exports.table import class_lines, class_table
from tutor.classroom.people import Person
from tutor.errors import UsageError

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_for_each_learner_in_which_a_time_out_is_no_zero() -> None:
    ada, bob, cyd, dan = rows(exported(example(), "csv"))
    assert (ada["learner"], ada["name"], ada["score"], ada["max_score"]) == ("ada", "Ada Lovelace", "9", "9")
    assert (bob["scale"], bob["scale status"], bob["scale late_s"]) == ("1", "fail", "5400")
    assert (cyd["scale"], cyd["scale status"]) == ("0", "timeout")
    assert (cyd["affine"], cyd["affine status"]) == ("", "waiting")
    assert (dan["scale"], dan["scale status"]) == ("", "grader_error")
    assert (dan["affine"], dan["affine status"], dan["affine late_s"]) == ("", "missing", "")


def test_canvas_reads_its_header_its_maxima_and_its_people() -> None:
    header, maxima, *people = csv.reader(io.StringIO(exported(example(), "canvas", assignments={"scale": 1234})))
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    # A number at a title's end would be taken for an assignment's.
    assert header[5:] == ["02 Scale a tensor (1234)", "03 An affine module [2]"]
    assert maxima == ["    Points Possible", "", "", "", "", "3", "6"]
    assert people[0] == ["Ada Lovelace", "101", "u-1", "ada", "Section 1", "3", "6"]
    assert people[2][5:] == ["0", ""]
    assert [row[0] for row in people] == ["Ada Lovelace", "Bob", "Cyd"]


def test_moodle_gets_people_of_the_roster_and_no_feedback_without_a_grade_of_its_own() -> None:
    people = rows(exported(example(), "moodle"))
    assert [row["email"] for row in people] == ["ada@example.org", "bob@example.org", "cyd@example.org"]
    assert people[0]["scale"] == "3"
    assert people[0]["scale feedback"].startswith("Passed: exercise 2, scale, 3 of 3 points.")
    assert "It looks like this: the factor is added; it multiplies." in people[1]["scale feedback"]
    assert "output = scale(x, 3.0)" in people[1]["scale feedback"]
    assert (people[2]["affine"], people[2]["affine feedback"]) == ("", "")


def test_moodle_takes_nothing_of_what_a_learner_writes_for_html() -> None:
    feedbacks = " ".join(row["scale feedback"] for row in rows(exported(hostile(), "moodle")))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in feedbacks
    assert "<" not in feedbacks


def test_moodle_feedback_says_nothing_of_hidden_checks() -> None:
    bob = rows(exported(example(), "moodle"))[1]
    assert bob["affine"] == "2"
    assert bob["affine feedback"].startswith("Passed: exercise 3, affine, 2 of 2 points.")
    assert bob["affine feedback"].endswith("4 more points are for checks that your instructor keeps.")
    assert "secret" not in bob["affine feedback"]
    assert "feature works" not in bob["affine feedback"]


@pytest.mark.parametrize(("form", "needs"), [("canvas", "--roster"), ("moodle", "--roster")])
def test_a_table_that_would_be_known_to_nobody_is_refused_in_words(form: str, needs: str) -> None:
    with pytest.raises(UsageError) as refused:
        exported(of((Person("dan"),)), form)
    assert needs in refused.value.remedy


def test_points_have_two_decimals_and_no_exponent() -> None:
    large = replace(example(), exercises=(replace(AFFINE, max_score=1234567.0),))
    assert rows(exported(large, "csv"))[0]["max_score"] == "1234567"
    third = replace(example(), exercises=(replace(AFFINE, max_score=1 / 3),))
    assert rows(exported(third, "csv"))[0]["max_score"] == "0.33"


@pytest.mark.parametrize("form", ["csv", "canvas", "moodle"])
def test_names_that_attack_are_harmless_cells(form: str) -> None:
    text = exported(hostile(), form)
    table = list(csv.reader(io.StringIO(text, newline="")))
    people = table[2:] if form == "canvas" else table[1:]
    assert len(people) == len(HOSTILE_NAMES) - (form != "csv") * sum(not name for name in HOSTILE_NAMES)
    assert {len(row) for row in people} == {len(table[0])}
    for row in people:
        for one in row:
            assert not one.lstrip().startswith(("=", "+", "-", "@", "＝")), one
            assert not FORBIDDEN.search(one), ascii(one)
    text.encode()


def drawn(columns: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=columns, color_system=None).print(class_table(example()))
    return out.getvalue()


def test_the_terminal_shows_a_sign_for_each_exercise_and_what_it_means() -> None:
    shown = drawn()
    assert re.search(r"Ada Lovelace\s*│\s*9 of 9\s*│\s*2/2\s*│\s*✓✓", shown)
    assert re.search(r"Cyd\s*│\s*0 of 9\s*│\s*0/2\s*│\s*T…", shown)
    assert "T timed out" in shown
    assert "late: bob scale: 1.5 h after the deadline (bob/scale.py)" in shown
    assert max(map(len, drawn(40).splitlines())) <= 40


def test_ears_get_sentences() -> None:
    lines = class_lines(example())
    assert lines[0] == "Small course: 4 learners, 2 exercises."
    assert "Cyd: 0 of 9 points. Exercises: timed out 2; not judged yet 3." in lines


def test_the_terminal_obeys_no_name() -> None:
    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(class_table(hostile()))
    assert not FORBIDDEN.search(out.getvalue())
    assert "[bold red]markup[/]" in out.getvalue()
    for line in class_lines(hostile()):
        assert not FORBIDDEN.search(line)


def test_people_are_told_apart_by_what_the_roster_says() -> None:
    assert [row["section"] for row in rows(exported(of(PEOPLE), "csv"))] == ["Section 1", "Section 1", "Section 2", ""]
