"""Tables of numbers in plain text, which the eye tells apart by the room between them, as lines that the ear can.

``input      kernel`` above rows of numbers is read table by table; where the rows have names in front, row by row, each
number with its table's name before it.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from textwrap import dedent
from typing import TYPE_CHECKING

from tutor.draw.linear.signs import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

GUTTER = 4
"""So many empty columns are between two tables; between the numbers of one there are fewer."""

NUMBER = re.compile(r"[-−+]?\d[\d./]*|[?·]|\.\.\.")
BETWEEN_NUMBERS = re.compile(r"(?<=[\d?]) {2,}(?=[-−]?[\d?])")


def text_lines(text: str) -> list[str]:
    """A text, such as a question's, with the tables that are set in by blanks."""
    lines: list[str] = []
    for is_set_in, group in groupby(text.split("\n"), key=lambda line: line.startswith("  ")):
        several = [*group]
        lines += table_lines(several) if is_set_in else map(spoken, several)
    return lines


def table_lines(lines: Sequence[str]) -> list[str]:
    """Lines that may be tables side by side; what is not recognised as such stays, with commas between its numbers."""
    panels = _panels(dedent("\n".join(lines)).split("\n"))
    has_names = panels[0][0] == "" and not all(map(_is_row, panels[0]))
    names, tables = (panels[0], panels[1:]) if has_names else ([], panels)
    if len(tables) < 2 or not all(_is_table(table) for table in tables):
        return [spoken(BETWEEN_NUMBERS.sub(", ", line)) for line in lines]
    if not names:
        return [spoken(line) for head, *rows in tables for line in (f"{head}:", *map(_row, filter(None, rows)))]
    read = []
    for place, name in enumerate(names[1:], start=1):
        entries = "; ".join(f"{table[0]}: {_row(table[place])}" for table in tables if table[place])
        read.append(spoken(f"{name}. {entries}" if name else entries))
    return read


def _panels(lines: Sequence[str]) -> list[list[str]]:
    """What stands between the gutters, each a list as long as the lines."""
    width = max(map(len, lines))
    is_blank = [all(not line[column : column + 1].strip() for line in lines) for column in range(width)]
    ends = [
        column for column in range(GUTTER, width) if all(is_blank[column - GUTTER : column]) and not is_blank[column]
    ]
    cuts = [0, *ends, width]
    return [[line[start:end].strip() for line in lines] for start, end in pairwise(cuts)]


def _is_table(panel: Sequence[str]) -> bool:
    """Whether it is rows of numbers under a name."""
    head, *rows = panel
    return bool(re.search(r"[^\W\d_]", head)) and any(len(row.split()) > 1 for row in rows) and all(map(_is_row, rows))


def _is_row(text: str) -> bool:
    return all(map(NUMBER.fullmatch, text.split()))


def _row(text: str) -> str:
    return ", ".join(text.split())
