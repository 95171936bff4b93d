"""A table that Canvas' gradebook imports (its ``gradebook_importer.rb`` says what it reads)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.classroom.exports.plain import cell, csv_lines, number
from tutor.classroom.exports.wide import points
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults, GradedExercise

HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
LOOKS_LIKE_A_NUMBER = re.compile(r"\((\d+)\)\s*$")


def canvas_csv(results: ClassResults, assignments: Mapping[str, int]) -> str:
    """The table; what was not judged is left empty, which changes nothing in Canvas.

    Args:
        assignments: Canvas' numbers of assignments, by slug. Where one is missing, Canvas goes by the title, and offers
            to make a new assignment where there is none of that title.

    Raises:
        UsageError: Canvas would know nobody.
    """
    known = [person for person in results.people if is_in_canvas(person)]
    if not known:
        raise UsageError(
            "Canvas would know nobody of this class",
            "Export Canvas' gradebook and grade with that as --roster: it has everybody's ID.",
        )
    titles = [_title(exercise, assignments.get(exercise.slug)) for exercise in results.exercises]
    maxima = ["    Points Possible", "", "", "", "", *(number(exercise.max_score) for exercise in results.exercises)]
    return csv_lines([[*HEADER, *titles], maxima, *(_row(results, person) for person in known)])


def is_in_canvas(person: Person) -> bool:
    """Whether Canvas can tell who that is."""
    return bool(person.canvas_id or person.id_number or person.sis_login_id)


def _title(exercise: GradedExercise, assignment: int | None) -> str:
    # Canvas would take a number that a title ends with for an assignment's.
    title = LOOKS_LIKE_A_NUMBER.sub(r"[\1]", cell(f"{exercise.number:02d} {exercise.title}"))
    return title if assignment is None else f"{title} ({assignment})"


def _row(results: ClassResults, person: Person) -> list[str]:
    of_person = (person.called, person.canvas_id, person.id_number, person.sis_login_id, person.section)
    of_exercises = (points(results.grade(person.learner, exercise.slug)) for exercise in results.exercises)
    return [*map(cell, of_person), *of_exercises]
