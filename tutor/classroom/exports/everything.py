"""All that is known of a class, for programs. ``docs/classroom.md`` says what stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tutor.classroom.exports.feedback import standing
from tutor.classroom.exports.plain import json_text

if TYPE_CHECKING:
    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults, Grade, GradedExercise

FORMAT = 1


def everything_json(results: ClassResults) -> str:
    """The whole document, hidden checks included: it is for the instructor."""
    return json_text(
        {
            "format": FORMAT,
            "course": results.course,
            "versions": dict(results.versions or {}),
            "max_score": results.max_score,
            "exercises": [_exercise(exercise) for exercise in results.exercises],
            "learners": [_learner(results, person) for person in results.people],
            "findings": [msgspec.to_builtins(finding) for finding in results.findings],
        }
    )


def _exercise(exercise: GradedExercise) -> dict[str, Any]:
    return {
        "slug": exercise.slug,
        "number": exercise.number,
        "title": exercise.title,
        "max_score": exercise.max_score,
        "checks": [
            {"id": check.id, "says": check.says, "max_points": check.max_points, "hidden": check.is_hidden}
            for check in exercise.checks
        ],
        "misconceptions": dict(exercise.misconceptions),
    }


def _learner(results: ClassResults, person: Person) -> dict[str, Any]:
    grades = [(one.slug, results.grade(person.learner, one.slug)) for one in results.exercises]
    return {
        **msgspec.to_builtins(person),
        "score": results.score(person.learner),
        "grades": [_grade(slug, grade) for slug, grade in grades],
    }


def _grade(slug: str, grade: Grade | None) -> dict[str, Any]:
    return {
        "exercise": slug,
        "status": standing(grade),
        "where": grade.where if grade else None,
        "at": grade.at.isoformat() if grade and grade.at else None,
        "late_by_s": grade.late_by_s if grade else 0.0,
        "verdict": grade.verdict.to_dict() if grade and grade.verdict else None,
    }
