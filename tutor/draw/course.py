"""The course as a list, with where the learner stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.course import Course
    from tutor.progress import Standing


def course_view(course: Course, standings: Mapping[str, Standing]) -> Table:
    """Every exercise by part: number, slug, title, and the learner's standing, in words as well as by sign."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(no_wrap=True)
    for part in course.manifest.part:
        exercises = [exercise for exercise in course.exercises if exercise.manifest.part == part.number]
        if not exercises:
            continue
        table.add_row("", Text(f"Part {part.number}: {part.title}", "bold"), "", "")
        for exercise in exercises:
            standing = standing_in_words(standings.get(exercise.slug), exercise.manifest.points)
            table.add_row(str(exercise.number), exercise.slug, exercise.title, standing)
    return table


def standing_in_words(standing: Standing | None, points: float) -> Text:
    """Where a learner stands with one exercise."""
    if standing is None:
        return Text("· not begun", "dim")
    if standing.passed:
        return Text("✓ passed", "green")
    return Text(f"… tried, best {standing.best_score:g} of {points:g}", "yellow")
