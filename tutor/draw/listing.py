"""The course as lines of text, with where the learner stands. Imports nothing: it is what `list` starts with."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Row = tuple[int, str, str, int, str, float]
    """Number, slug, title, number and title of the part, points."""
    Stand = tuple[bool, float]
    """Whether it is passed, and the best score so far."""

ANSI = {"bold": "\x1b[1m", "dim": "\x1b[2m", "green": "\x1b[32m", "yellow": "\x1b[33m"}
NUMBER_WIDTH = 4


def listing(rows: Iterable[Row], stands: Mapping[str, Stand], columns: int, *, colour: bool) -> list[str]:
    """Every exercise by part: number, slug, title and standing; in one line where there is room.

    Args:
        rows: the exercises in their order.
        stands: where the learner stands, by slug; exercises without an attempt are not in it.
        columns: how wide a line may be.
        colour: whether to colour it, for a terminal.
    """
    rows = list(rows)
    paint = _painted if colour else _plain
    slug_width = max(len(row[1]) for row in rows)
    title_width = max(len(row[2]) for row in rows)
    standing_width = max(len(standing(stands.get(row[1]), row[5])[0]) for row in rows)
    is_wide = NUMBER_WIDTH + slug_width + title_width + standing_width + 4 <= columns
    lines, part = [], 0
    for number, slug, title, part_number, part_title, points in rows:
        if part_number != part:
            part = part_number
            lines += [paint(line, "bold") for line in wrapped(f"Part {part}: {part_title}", columns)]
        words, style = standing(stands.get(slug), points)
        begin = f"{number:>{NUMBER_WIDTH - 2}}  "
        if is_wide:
            lines.append(f"{begin}{slug:<{slug_width}}  {title:<{title_width}}  {paint(words, style)}")
        else:
            indent = " " * NUMBER_WIDTH
            lines.append(f"{begin}{slug}")
            lines += [indent + line for line in wrapped(title, columns - NUMBER_WIDTH)]
            lines.append(indent + paint(words, style))
    return lines


def standing(stand: Stand | None, points: float) -> tuple[str, str]:
    """Where a learner stands with one exercise: in words, and the style that they are shown in."""
    if stand is None:
        return "· not begun", "dim"
    if stand[0]:
        return "✓ passed", "green"
    return f"… tried, best {stand[1]:g} of {points:g}", "yellow"


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines. The standard library's textwrap would take as long to import as Python takes to start."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _painted(text: str, style: str) -> str:
    return f"{ANSI[style]}{text}\x1b[0m"


def _plain(text: str, _: str) -> str:
    return text
