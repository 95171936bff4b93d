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

    Where nothing was handed in or the grader itself could not judge, it is not gradable: that costs no attempt.
    """
    verdicts = [(exercise, outcome(results, learner, exercise)) for exercise in results.exercises]
    unjudged = [verdict for _, verdict in verdicts if verdict.verdict == "grader_error"]
    if unjudged or all(results.grade(learner, exercise.slug) is None for exercise in results.exercises):
        why = unjudged[0].message if unjudged else "nothing was handed in"
        return json_text({"gradable": False, "score": 0.0, "message": why, "format_errors": [why]})
    score = results.score(learner) / results.max_score
    return json_text(
        {
            "gradable": True,
            "score": min(1.0, max(0.0, score)),
            "tests": [test for exercise, verdict in verdicts for test in _tests(exercise, verdict)],
        }
    )


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
