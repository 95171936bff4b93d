"""The course as a list, with where the learner stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.draw.listing import listing, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console, ConsoleOptions, RenderResult

    from tutor.course import Course
    from tutor.draw.listing import Row, Stand
    from tutor.progress import Standing


def rows_of(course: Course) -> list[Row]:
    """The exercises as :func:`tutor.draw.listing.listing` takes them."""
    parts = {part.number: part.title for part in course.manifest.part}
    return [
        (one.number, one.slug, one.title, one.manifest.part, parts[one.manifest.part], one.manifest.points)
        for one in course.exercises
    ]


def stands_of(standings: Mapping[str, Standing]) -> dict[str, Stand]:
    """Where the learner stands as :func:`tutor.draw.listing.listing` takes it."""
    return {slug: (standing.passed, standing.best_score) for slug, standing in standings.items()}


class CourseView:
    """Every exercise by part: number, slug, title, and the learner's standing, in words as well as by sign."""

    def __init__(self, course: Course, standings: Mapping[str, Standing]) -> None:
        self._rows = rows_of(course)
        self._stands = stands_of(standings)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the width that there is."""
        yield Text.from_ansi("\n".join(listing(self._rows, self._stands, options.max_width, colour=True)))


def standing_in_words(found: Standing | None, points: float) -> Text:
    """Where a learner stands with one exercise."""
    words, style = standing((found.passed, found.best_score) if found else None, points)
    return Text(words, style)
