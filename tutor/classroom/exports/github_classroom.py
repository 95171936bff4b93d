"""What GitHub Classroom's autograding actions pass on, as JSON: ``autograding-command-grader``, version 1.

GitHub Classroom itself ended in 2026. Its actions go on working: their step's output ``result`` is this, in base64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.classroom.exports.feedback import check_feedback, for_learner, outcome
from tutor.classroom.exports.plain import json_text
from tutor.classroom.exports.whole import Whole

if TYPE_CHECKING:
    from tutor.classroom.results import ClassResults, GradedExercise
    from tutor.verdict import CheckResult, Verdict


def github_classroom_json(results: ClassResults, learner: str) -> str:
    """One runner's result, with a test for each check that learners see.

    The reporter's table gives all tests of a runner the same points; its notice adds up their own.
    """
    verdicts = [
        (exercise, for_learner(outcome(results, learner, exercise), exercise)) for exercise in results.exercises
    ]
    whole = Whole.of(results)
    return json_text(
        {
            "version": 1,
            "status": _status([verdict for _, verdict in verdicts]),
            "max_score": sum(whole.points(check.max_points) for _, verdict in verdicts for check in verdict.checks),
            "tests": [
                _test(exercise, check, verdict, whole) for exercise, verdict in verdicts for check in verdict.checks
            ],
        }
    )


def _status(verdicts: list[Verdict]) -> str:
    if any(verdict.verdict == "grader_error" for verdict in verdicts):
        return "error"
    return "pass" if all(verdict.passed for verdict in verdicts) else "fail"


def _test(exercise: GradedExercise, check: CheckResult, verdict: Verdict, whole: Whole) -> dict[str, Any]:
    return {
        "name": f"{exercise.title}: {check.says}",
        "status": {"pass": "pass", "fail": "fail"}.get(check.status, "error"),
        "score": whole.points(check.points),
        "message": check_feedback(check, verdict),
        "test_code": f"cnn-tutor check {exercise.number}",
        "filename": f"{exercise.slug.replace('-', '_')}.py",
        "line_no": 0,
        "duration": 0,
    }
