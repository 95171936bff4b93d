"""One learner's ``result.json`` for Classroom 50 (its schemas/result-v1.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.classroom.exports.feedback import check_feedback, for_learner, outcome
from tutor.classroom.exports.plain import json_text
from tutor.classroom.exports.whole import Whole
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.classroom.results import ClassResults, GradedExercise
    from tutor.verdict import Verdict

SCHEMA = "classroom50/result/v1"
IDENTITY = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
    "datetime": "COMMIT_DATE",
}
"""What is judged, and the variables that say so; its runner sets all but the last, the commit's date in UTC."""


def classroom50_json(results: ClassResults, learner: str, environment: Mapping[str, str]) -> str:
    """The score in whole points, and a test for each check that learners see.

    Raises:
        UsageError: a variable of :data:`IDENTITY` is missing.
    """
    # Older runners do not set the one; a group's repository has an owner who is no user.
    known = {"REVIEW_URL": environment.get("COMMIT_URL", ""), "OWNER": environment.get("USERNAME", "")}
    known |= {name: value for name in IDENTITY.values() if (value := environment.get(name, ""))}
    if missing := [name for name in IDENTITY.values() if not known.get(name)]:
        raise UsageError(
            f"Classroom 50's result needs the environment variable {missing[0]}",
            "Its runner sets them; cnn-tutor export --ready classroom50 DIR lays down the script that it runs.",
        )
    verdicts = [(exercise, outcome(results, learner, exercise)) for exercise in results.exercises]
    whole = Whole.of(results)
    checks = [check for _, verdict in verdicts for check in verdict.checks]
    return json_text(
        {
            "schema": SCHEMA,
            **{field: known[name] for field, name in IDENTITY.items()},
            "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
            "score": sum(whole.points(check.points) for check in checks),
            "max-score": sum(whole.points(check.max_points) for check in checks),
            "tests": [test for exercise, verdict in verdicts for test in _tests(exercise, verdict, whole)],
        }
    )


def _tests(exercise: GradedExercise, verdict: Verdict, whole: Whole) -> list[dict[str, Any]]:
    seen = for_learner(verdict, exercise)
    return [
        {
            "test-name": f"{exercise.title}: {check.says}",
            "passed": check.status == "pass",
            "score": whole.points(check.points),
            "max-score": whole.points(check.max_points),
            "output": check_feedback(check, seen),
        }
        for check in seen.checks
    ]
