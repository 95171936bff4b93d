"""One learner's ``results.json`` for PrairieLearn's external grader (its docs/externalGrading.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.classroom.exports.feedback import check_feedback, for_learner, outcome
from tutor.classroom.exports.plain import json_text

if TYPE_CHECKING:
    from tutor.classroom.results import ClassResults, GradedExercise
    from tutor.verdict import Verdict


def prairielearn_json(results: ClassResults, learner: str) -> str:
    """The score from 0 to 1, and a test for each check that learners see.

    Where nothing was handed in, nothing of it can be loaded, or the grader itself could not judge, it is not gradable:
    that costs no attempt.
    """
    verdicts = [(exercise, outcome(results, learner, exercise)) for exercise in results.exercises]
    handed_in = [verdict for exercise, verdict in verdicts if results.grade(learner, exercise.slug) is not None]
    whys = [verdict.message for verdict in handed_in if verdict.verdict == "grader_error"]
    if all(_cannot_be_loaded(verdict) for verdict in handed_in):
        whys = [verdict.message for verdict in handed_in] or ["nothing was handed in"]
    if whys:
        return json_text({"gradable": False, "message": whys[0], "format_errors": whys})
    score = results.score(learner) / results.max_score
    return json_text(
        {
            "gradable": True,
            "score": min(1.0, max(0.0, score)),
            "tests": [test for exercise, verdict in verdicts for test in _tests(exercise, verdict)],
        }
    )


def _cannot_be_loaded(verdict: Verdict) -> bool:
    return verdict.verdict == "error" and all(check.status == "skip" for check in verdict.checks)


def _tests(exercise: GradedExercise, verdict: Verdict) -> list[dict[str, Any]]:
    seen = for_learner(verdict, exercise)
    return [
        {
            "name": f"{exercise.title}: {check.says}",
            "points": check.points,
            "max_points": check.max_points,
            "output": check_feedback(check, seen),
        }
        for check in seen.checks
    ]
