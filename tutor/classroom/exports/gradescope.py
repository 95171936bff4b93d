"""One learner's ``results.json`` for Gradescope (autograder_samples, docs/specs.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.classroom.exports.feedback import check_feedback, for_learner, hidden_checks, outcome
from tutor.classroom.exports.plain import json_text

if TYPE_CHECKING:
    from tutor.classroom.results import ClassResults, GradedExercise
    from tutor.verdict import Verdict


def gradescope_json(results: ClassResults, learner: str) -> str:
    """A test for each check; the total is their sum. Gradescope shows no total where a test is hidden."""
    verdicts = [(exercise, outcome(results, learner, exercise)) for exercise in results.exercises]
    return json_text(
        {
            "tests": [test for exercise, verdict in verdicts for test in _tests(exercise, verdict)],
            "execution_time": round(sum(verdict.duration_ms for _, verdict in verdicts) / 1000, 3),
            "stdout_visibility": "hidden",
            "extra_data": {"course": results.course, "versions": dict(results.versions or {})},
        }
    )


def _tests(exercise: GradedExercise, verdict: Verdict) -> list[dict[str, Any]]:
    seen, hidden = for_learner(verdict, exercise), hidden_checks(exercise)
    return [
        {
            "number": f"{exercise.number}.{place}",
            "name": f"{exercise.title}: {check.says}",
            "score": check.points,
            "max_score": check.max_points,
            "status": "passed" if check.status == "pass" else "failed",
            "output": check_feedback(check, verdict if check.id in hidden else seen),
            "output_format": "text",
            "tags": [exercise.slug],
            "visibility": "hidden" if check.id in hidden else "visible",
        }
        for place, check in enumerate(verdict.checks, start=1)
    ]
