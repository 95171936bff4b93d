"""A class in the terminal: a row for each learner, a sign for each exercise; in sentences for ears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tutor.classroom.exports.feedback import standing
from tutor.classroom.exports.plain import number, one_line
from tutor.draw.verdict import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults, Grade

SIGNS = {
    "pass": MARKS["pass"],
    "fail": MARKS["fail"],
    "error": ("!", "red"),
    "timeout": ("T", "red"),
    "not_started": ("·", "yellow"),
    "missing": MARKS["skip"],
    "waiting": ("…", "yellow"),
    "grader_error": ("?", "yellow"),
}
SAYS = {
    "pass": "passed",
    "fail": "failed",
    "error": "error",
    "timeout": "timed out",
    "not_started": "not started",
    "missing": "missing",
    "waiting": "not judged yet",
    "grader_error": "the grader could not judge",
}
MAX_FINDINGS = 20
GROUP = 5
"""So many signs stand together, so that one can count them."""


def class_table(results: ClassResults) -> RenderableType:
    """The table, what its signs mean, and what a person should look at."""
    title = Text(one_line(results.course), "bold")
    table = Table(title=title, title_justify="left", pad_edge=False, header_style="bold")
    table.add_column("learner", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("passed", justify="right", no_wrap=True)
    table.add_column(_heading(results), no_wrap=True)
    used: dict[str, None] = {}
    for person in results.people:
        grades = _grades(results, person)
        used |= dict.fromkeys(standing(grade) for grade in grades)
        table.add_row(Text(_called(person)), *_row(results, person, grades))
    return Group(table, _legend(list(used)), *(Text(line) for line in _findings(results)))


def class_lines(results: ClassResults) -> list[str]:
    """The same in sentences."""
    lines = [f"{one_line(results.course)}: {len(results.people)} learners, {len(results.exercises)} exercises."]
    for person in results.people:
        stands: dict[str, list[str]] = {}
        for exercise in results.exercises:
            stands.setdefault(standing(results.grade(person.learner, exercise.slug)), []).append(str(exercise.number))
        said = "; ".join(f"{SAYS[name]} {', '.join(numbers)}" for name, numbers in stands.items())
        lines.append(f"{_called(person)}: {_points(results, person)} points. Exercises: {said}.")
    return [*lines, *_findings(results)]


def _called(person: Person) -> str:
    return one_line(person.called) or "?"


def _points(results: ClassResults, person: Person) -> str:
    return f"{number(results.score(person.learner))} of {number(results.max_score)}"


def _grades(results: ClassResults, person: Person) -> list[Grade | None]:
    return [results.grade(person.learner, exercise.slug) for exercise in results.exercises]


def _row(results: ClassResults, person: Person, grades: list[Grade | None]) -> tuple[str, str, Text]:
    passed = sum(standing(grade) == "pass" for grade in grades)
    signs = Text()
    for place, grade in enumerate(grades):
        signs.append(" " if place and place % GROUP == 0 else "")
        signs.append(*SIGNS[standing(grade)])
    return _points(results, person), f"{passed}/{len(grades)}", signs


def _heading(results: ClassResults) -> str:
    """The first number of each group, above its first sign."""
    firsts = [str(exercise.number) for exercise in results.exercises[::GROUP]]
    return "".join(first.ljust(GROUP + 1) for first in firsts).rstrip() or "exercises"


def _legend(used: list[str]) -> Text:
    legend = Text()
    for name in (name for name in SIGNS if name in used):
        sign, style = SIGNS[name]
        legend.append("  " if legend else "").append(sign, style).append(f" {SAYS[name]}", "dim")
    return legend


def _findings(results: ClassResults) -> Iterator[str]:
    """All but single exercises that are missing: the table shows those."""
    for finding in results.findings:
        if finding.kind == "missing" and finding.exercise:
            continue
        whose = " ".join(filter(None, (finding.learner, finding.exercise)))
        where = f" ({finding.where})" if finding.where else ""
        yield one_line(f"{finding.kind.replace('_', ' ')}: {whose}{': ' if whose else ''}{finding.says}{where}")
