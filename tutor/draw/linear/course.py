"""The course as sentences, with where the learner stands. Imports as little as :mod:`tutor.draw.listing`."""

from __future__ import annotations

from tutor.draw.listing import standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tutor.draw.listing import Row, Stand


def course_lines(rows: Iterable[Row], stands: Mapping[str, Stand]) -> list[str]:
    """How many are passed, then every exercise by part; arguments as for :func:`tutor.draw.listing.listing`."""
    rows = list(rows)
    passed = sum(stands[row[1]][0] for row in rows if row[1] in stands)
    lines, part = [f"{passed} of {len(rows)} exercises are passed."], 0
    for number, slug, title, part_number, part_title, points in rows:
        if part_number != part:
            part = part_number
            lines.append(f"Part {part}: {part_title}.")
        lines.append(f"Exercise {number}, {title}: {standing_words(stands.get(slug), points)}.")
    return lines


def standing_words(stand: Stand | None, points: float) -> str:
    """Where a learner stands with one exercise, without the sign."""
    return standing(stand, points)[0].partition(" ")[2]
