"""Tables of numbers with some of their cells marked, as blocks of a picture."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tutor.pictures.picture import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

Cell = tuple[int, int]
Number = int | float | Fraction | None

UNDER = "[]"
"""Stands around what is looked at in this step."""
NOW = "()"
"""Stands around what this step gives."""
STYLES = {UNDER: "bold yellow", NOW: "bold green", "  ": ""}

NOT_YET = "·"

PLACES = 4
"""How many decimals are shown, as in the lessons."""


def grid(
    title: str,
    rows: Sequence[Sequence[Number]],
    *,
    under: Collection[Cell] = (),
    now: Collection[Cell] = (),
    faint: Collection[Cell] = (),
    width: int = 0,
    head: Sequence[str] = (),
    side: Sequence[str] = (),
) -> Block:
    """A table of numbers.

    Args:
        title: stands above it.
        rows: the numbers; None is one that is not there yet.
        under: what is looked at, in square brackets.
        now: what this step gives, in round ones.
        faint: what is of less weight, like the zeros of a padding.
        width: how wide the widest number of the whole picture is, so that nothing moves from frame to frame.
        head: what stands above the columns, if anything.
        side: what stands before the rows, if anything.
    """
    texts = [[in_digits(number) for number in row] for row in rows]
    width = max([width, *(len(text) for row in texts for text in row), *map(cell_len, head)])
    edge = max(map(cell_len, side), default=0)
    body = Text()
    if head:
        body.append(
            " " * edge + "".join(f" {' ' * (width - cell_len(name))}{name} " for name in head).rstrip() + "\n", "dim"
        )
    for r, row in enumerate(texts):
        if side:
            body.append(side[r] + " " * (edge - cell_len(side[r])), "dim")
        for c, text in enumerate(row):
            marks = NOW if (r, c) in now else UNDER if (r, c) in under else "  "
            style = STYLES[marks] or ("dim" if (r, c) in faint or text == NOT_YET else "")
            body.append(f"{marks[0]}{text:>{width}}{marks[1]}", style)
        body.append("\n")
    body.right_crop(1)
    return Block(title, body)


def in_digits(number: Number, places: int = PLACES) -> str:
    """A number as it is written by hand: whole, or rounded to so many decimals, with a real minus sign; or infinity."""
    if number is None:
        return NOT_YET
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    # By hand one rounds half of the last place up, not to the even digit.
    rounded = Decimal(str(float(number))).quantize(Decimal(10) ** -places, ROUND_HALF_UP)
    text = f"{rounded.normalize():f}"
    return text.replace("-", "−") if rounded else "0"


def counted(count: int, thing: str, many: str = "") -> str:
    """So many of something: ``1 row``, ``2 rows``, ``1,000 rows``; ``many`` is for what has not just an s more."""
    return f"{count:,} {thing if count == 1 else many or f'{thing}s'}"


def widest(rows: Sequence[Sequence[Number]], write: Callable[[Number], str] = in_digits) -> int:
    """How many columns the widest of these numbers takes."""
    return max((len(write(number)) for row in rows for number in row), default=1)


def signed(number: Number) -> str:
    """A number as a factor: in brackets where it is below zero."""
    text = in_digits(number)
    return f"({text})" if text.startswith("−") else text
