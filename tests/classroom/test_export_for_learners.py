"""What one learner gets through Gradescope, PrairieLearn, Classroom 50 and GitHub: by each one's published contract."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.classroom.contracts import (
    faults_of_classroom50,
    faults_of_github_classroom,
    faults_of_gradescope,
    faults_of_prairielearn,
)
from tests.classroom.example_class import AFFINE, HOSTILE_NAMES, SCALE, example, fails_unseen, hostile, of, verdict
from tutor.classroom.exports import LEARNER_FORMATS, exported
from tutor.classroom.exports.feedback import for_learner
from tutor.classroom.people import Person
from tutor.classroom.results import Grade
from tutor.errors import UsageError
from tutor.verdict import CheckResult

CLASSROOM50 = {
    "CLASSROOM": "cnn",
    "ASSIGNMENT": "week1",
    "ASSIGNMENT_TYPE": "individual",
    "USERNAME": "ada",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/2026-11-02T12-30-00Z-abc1234",
    "COMMIT_URL": "https://git.example/commit/abc1234",
    "RELEASE_URL": "https://git.example/releases/1",
    "REVIEW_URL": "https://git.example/compare/1",
    "COMMIT_DATE": "2026-11-02T12:30:00Z",
}
FAULTS_OF = {
    "gradescope": faults_of_gradescope,
    "prairielearn": faults_of_prairielearn,
    "classroom50": faults_of_classroom50,
    "github-classroom": faults_of_github_classroom,
}
SECRETS = ("secret", "feature works")


def found(form: str, learner: str, results: Any = None) -> dict[str, Any]:
    text = exported(results or example(), form, learner=learner, environment=CLASSROOM50)
    told: dict[str, Any] = json.loads(text)
    assert FAULTS_OF[form](told) == []
    return told


def test_gradescope_adds_up_the_checks_and_hides_the_hidden_ones() -> None:
    tests = found("gradescope", "bob")["tests"]
    assert [(test["number"], test["score"], test["max_score"]) for test in tests] == [
        ("2.1", 0, 2), ("2.2", 1, 1), ("3.1", 2, 2), ("3.2", 0, 4),
    ]  # fmt: skip
    assert [test["visibility"] for test in tests] == ["visible", "visible", "visible", "hidden"]
    assert [test["status"] for test in tests] == ["failed", "passed", "passed", "failed"]
    assert "Looks like the factor is added; it multiplies." in tests[0]["output"]
    assert "x = torch.tensor([[1.0, 2.0]])" in tests[0]["output"]
    assert "secret message" in tests[3]["output"]


def test_gradescope_says_that_nothing_was_handed_in() -> None:
    tests = found("gradescope", "dan")["tests"]
    assert tests[2]["output"] == "nothing was handed in"
    assert tests[0]["output"] == "the engine ended"


def test_prairielearn_gets_a_share_that_counts_hidden_checks_too() -> None:
    told = found("prairielearn", "bob")
    assert told["score"] == pytest.approx(3 / 9)
    assert [test["name"] for test in told["tests"]] == [
        "Scale a tensor: scale(x, factor) gives x times factor",
        "Scale a tensor: x is left alone",
        "An affine module (2): Affine(features)(x) gives x * weight + bias",
    ]


def test_prairielearn_takes_no_attempt_where_the_grader_is_at_fault() -> None:
    assert found("prairielearn", "dan")["gradable"] is False
    assert found("prairielearn", "eve", of((Person("eve"),)))["message"] == "nothing was handed in"


def test_classroom50_gets_whole_points_and_who_it_is_about() -> None:
    told = found("classroom50", "bob")
    assert (told["score"], told["max-score"], told["owner"]) == (3, 9, "ada")
    assert [test["passed"] for test in told["tests"]] == [False, True, True]


def test_classroom50_gets_hundredths_where_a_check_gives_half_a_point() -> None:
    half = CheckResult("values", "x", "pass", 0.29, 0.5)
    told = found("classroom50", "eve", of_half(half))
    assert (told["tests"][0]["score"], told["tests"][0]["max-score"]) == (29, 50)
    assert told["score"] == 29


def of_half(check: CheckResult) -> Any:
    from dataclasses import replace

    from tutor.classroom.results import GradedCheck

    exercise = replace(SCALE, checks=(GradedCheck("values", "x", 0.5),), max_score=0.5)
    results = of((Person("eve"),), Grade("eve", "scale", "x", verdict(exercise, "pass", check)))
    return replace(results, exercises=(exercise,))


def test_classroom50_needs_to_know_what_was_judged() -> None:
    less = {name: value for name, value in CLASSROOM50.items() if name != "COMMIT_DATE"}
    with pytest.raises(UsageError, match="COMMIT_DATE"):
        exported(example(), "classroom50", learner="ada", environment=less)
    # Older runners know neither of these.
    older = {name: value for name, value in CLASSROOM50.items() if name not in ("REVIEW_URL", "OWNER")}
    told = json.loads(exported(example(), "classroom50", learner="ada", environment=older))
    assert (told["review"], told["owner"]) == (CLASSROOM50["COMMIT_URL"], "ada")


def test_github_classroom_gets_a_runner() -> None:
    told = found("github-classroom", "ada")
    assert (told["status"], told["max_score"]) == ("pass", 5)
    assert [test["status"] for test in found("github-classroom", "cyd")["tests"]] == ["error", "error", "error"]


@pytest.mark.parametrize("form", LEARNER_FORMATS)
def test_no_learner_reads_what_a_hidden_check_found(form: str) -> None:
    told = found(form, "bob")
    for test in told["tests"]:
        if test.get("visibility") != "hidden":
            assert not any(secret in json.dumps(test) for secret in SECRETS)
    told["tests"] = []
    assert not any(secret in json.dumps(told) for secret in SECRETS)


def test_a_verdict_without_its_hidden_check() -> None:
    seen = for_learner(fails_unseen(), AFFINE)
    assert (seen.verdict, seen.score, seen.max_score, len(seen.checks)) == ("pass", 2.0, 2.0, 1)
    assert (seen.misconception, seen.looks_like, seen.printed) == (None, "", "")


def test_a_hidden_check_that_stopped_everything_is_not_told_of() -> None:
    stopped = verdict(
        AFFINE,
        "timeout",
        CheckResult("forward", "x", "skip", 0.0, 2.0, "could not run"),
        CheckResult("secret_shapes", "y", "timeout", 0.0, 4.0, "secret_shapes took 9 s"),
        message="secret_shapes took 9 s",
    )
    seen = for_learner(stopped, AFFINE)
    assert (seen.verdict, seen.message) == ("fail", "")


def test_what_stopped_a_hidden_check_is_not_told_where_a_check_before_it_failed() -> None:
    stopped = verdict(
        AFFINE,
        "timeout",
        CheckResult("forward", "x", "error", 0.0, 2.0, "it raised ValueError"),
        CheckResult("secret_shapes", "y", "timeout", 0.0, 4.0, "secret_shapes took 9 s"),
        message="secret_shapes took 9 s",
    )
    seen = for_learner(stopped, AFFINE)
    assert (seen.verdict, seen.message) == ("error", "")


def test_what_cannot_be_loaded_is_told_though_there_are_hidden_checks() -> None:
    broken = verdict(
        AFFINE,
        "error",
        CheckResult("forward", "x", "skip", 0.0, 2.0, "could not run"),
        CheckResult("secret_shapes", "y", "skip", 0.0, 4.0, "could not run"),
        message="SyntaxError: line 3",
    )
    seen = for_learner(broken, AFFINE)
    assert (seen.verdict, seen.message) == ("error", "SyntaxError: line 3")


@pytest.mark.parametrize("form", LEARNER_FORMATS)
@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_whatever_a_learner_writes_is_json_that_no_terminal_obeys(form: str, name: str) -> None:
    text = exported(hostile(), form, learner=name, environment=CLASSROOM50)
    text.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert FAULTS_OF[form](json.loads(text)) == []


def test_which_learner_is_asked_for_in_words() -> None:
    with pytest.raises(UsageError, match="the class has 4"):
        exported(example(), "gradescope")
    with pytest.raises(UsageError, match="'zoe'"):
        exported(example(), "gradescope", learner="zoe")
    with pytest.raises(UsageError, match="whole class"):
        exported(example(), "csv", learner="ada")
    assert json.loads(exported(of((Person("eve"),)), "gradescope"))["tests"]
