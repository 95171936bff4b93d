"""A table for a person or a script: a row for each learner, three columns for each exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.classroom.exports.feedback import standing
from tutor.classroom.exports.plain import cell, csv_lines, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults, Grade

OF_PERSON = ("learner", "name", "email", "username", "id_number", "section")


def csv_text(results: ClassResults) -> str:
    """The table. An exercise's points are empty where it was not judged, so that neither looks like a zero.

    Its columns are called after the slug: the points; ``SLUG status``, a verdict's name, ``missing`` or ``waiting``;
    and ``SLUG late_s``, how long after the deadline, in seconds.
    """
    header = [*OF_PERSON, "score", "max_score"]
    for exercise in results.exercises:
        header += [exercise.slug, f"{exercise.slug} status", f"{exercise.slug} late_s"]
    return csv_lines([header, *(list(_row(results, person)) for person in results.people)])


def _row(results: ClassResults, person: Person) -> Iterator[str]:
    for field in OF_PERSON:
        yield cell(getattr(person, field))
    yield number(results.score(person.learner))
    yield number(results.max_score)
    for exercise in results.exercises:
        grade = results.grade(person.learner, exercise.slug)
        yield points(grade)
        yield standing(grade)
        yield number(grade.late_by_s) if grade else ""


def points(grade: Grade | None) -> str:
    """The points of a submission that was judged, else nothing."""
    return number(grade.verdict.score) if grade and grade.is_final and grade.verdict else ""
