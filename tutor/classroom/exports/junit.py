"""A class as JUnit XML: a suite for each learner and exercise, of which none that is missing is green."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tutor.classroom.exports.feedback import outcome
from tutor.classroom.exports.plain import one_line
from tutor.junit import junit_document, junit_suite

if TYPE_CHECKING:
    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults


def class_junit(results: ClassResults) -> str:
    """The whole document, hidden checks included: it is for the instructor."""
    names = unique_names(results.people)
    return junit_document(
        junit_suite(outcome(results, person.learner, exercise), names[person.learner])
        for person in results.people
        for exercise in results.exercises
    )


def unique_names(people: tuple[Person, ...]) -> dict[str, str]:
    """How each learner is called, by the name of their folder; those that read the same are numbered."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    seen: Counter[str] = Counter()
    for person in people:
        name = plain = one_line(person.learner) or "nobody"
        while name in taken:
            seen[plain] += 1
            name = f"{plain} ({seen[plain] + 1})"
        taken.add(name)
        names[person.learner] = name
    return names
