"""A table that Moodle's grade import reads (``grade/import/csv``): the teacher says which column is which."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tutor.classroom.exports.feedback import feedback, outcome
from tutor.classroom.exports.plain import SURROGATE, cell, csv_lines
from tutor.classroom.exports.wide import points
from tutor.draw.plain import without_controls
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults

HEADER = ("email", "idnumber", "username")


def moodle_csv(results: ClassResults) -> str:
    """The table: of each exercise the points, and behind them what ``cnn-tutor check`` says, which learners read.

    Only people of the roster are in it: one whom Moodle does not know ends its whole import.

    Raises:
        UsageError: nobody is of the roster.
    """
    known = [person for person in results.people if is_in_moodle(person)]
    if not known:
        raise UsageError(
            "Moodle would know nobody of this class",
            "Grade with --roster FILE: a table with the columns learner and email, idnumber or username.",
        )
    header = [*HEADER]
    for exercise in results.exercises:
        header += [exercise.slug, f"{exercise.slug} feedback"]
    return csv_lines([header, *(list(_row(results, person)) for person in known)])


def is_in_moodle(person: Person) -> bool:
    """Whether Moodle can tell who that is."""
    return bool(person.email or person.id_number or person.username)


def _row(results: ClassResults, person: Person) -> Iterator[str]:
    yield from map(cell, (person.email, person.id_number, person.username))
    for exercise in results.exercises:
        grade = results.grade(person.learner, exercise.slug)
        mark = points(grade)
        yield mark
        # Feedback without a grade wipes the grade that is there.
        yield _text(feedback(outcome(results, person.learner, exercise), exercise)) if mark else ""


def _text(lines: list[str]) -> str:
    """Lines in one cell, in which Moodle reads HTML. They begin with the verdict's name: no formula does."""
    return escape(SURROGATE.sub("\ufffd", without_controls("\n".join(lines))), quote=False)
