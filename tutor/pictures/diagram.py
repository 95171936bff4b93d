"""Layers and the arrows between them in characters, with the shape on every arrow, and a shape's sums as a table."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from rich.text import Text

from tutor.pictures.grid import NOT_YET, NOW, STYLES, UNDER, in_digits
from tutor.pictures.picture import Block, Frame, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tutor.pictures.grid import Number
    from tutor.pictures.picture import Pair

Shape = tuple[int, int, int]
"""Channels, rows, columns of each of the N images."""

Row = tuple[str, list[str]]
"""What it is, and what stands in its columns."""

BESIDE = 22
"""Columns that are left beside a diagram, with the usual sizes; where a table needs more, it is set more narrowly."""


@dataclass(frozen=True)
class Part:
    """Something in a diagram, at a fixed place.

    Attributes:
        role: a ``wire``; a ``box``, which is in square brackets while it is looked at; a ``shape``, in round ones
            when it is found, and a dot before; or a ``note``, which is not there before.
        line, column: where it begins. A box's and a shape's brackets take a column more on either side.
        text: what is written there, in one line.
        first, last: from which step to which one it is looked at.
    """

    role: Literal["wire", "box", "shape", "note"]
    line: int
    column: int
    text: str
    first: int = 0
    last: int = -1

    @property
    def end(self) -> int:
        """The column after it, brackets included."""
        return self.column + len(self.text) + (self.role in ("box", "shape"))

    def at(self, step: int) -> tuple[int, str, str]:
        """Where it begins, what is seen of it in this step, and in which style."""
        begun, now = self.first <= step, self.first <= step <= max(self.first, self.last)
        if self.role == "box":
            left, right = (UNDER[0], UNDER[1]) if now else (" ", " ")
            return self.column - 1, f"{left}{self.text}{right}", STYLES[UNDER] if now else "" if begun else "dim"
        if self.role == "shape":
            left, right = (NOW[0], NOW[1]) if now else (" ", " ")
            text = self.text if begun else NOT_YET
            return self.column - 1, f"{left}{text}{right}", STYLES[NOW] if now else "" if begun else "dim"
        if self.role == "note":
            return self.column, self.text if begun else "", "bold"
        return self.column, self.text, "bold" if now else "" if begun else "dim"


def diagram(title: str, parts: Sequence[Part], step: int) -> Block:
    """All parts as they are in this step; later ones over earlier ones."""
    width = max(part.end for part in parts)
    cells = [[(" ", "")] * width for _ in range(max(part.line for part in parts) + 1)]
    for part in parts:
        column, text, style = part.at(step)
        for place, character in enumerate(text, start=column):
            cells[part.line][place] = (character, style)
    body = Text()
    for line in cells:
        for style, run in groupby(line, key=lambda cell: cell[1]):
            body.append("".join(character for character, _ in run), style)
        body.append("\n")
    body.right_crop(1)
    return Block(title, body)


def frames(title: str, parts: Sequence[Part], sides: Sequence[Block], says: Sequence[str]) -> tuple[Frame, ...]:
    """A frame for each step: the diagram and what stands beside it, which is as wide in all of them."""
    width = max(side.width for side in sides)
    return tuple(
        Frame((diagram(title, parts, step), Block(side.title, side.body, width)), text)
        for step, (side, text) in enumerate(zip(sides, says, strict=True))
    )


def table(title: str, head: Sequence[str], rows: Sequence[Row], below: Sequence[str] = ()) -> Block:
    """Rows of words or numbers, each with what it is in front, and lines of text below."""
    edge = max(len(name) for name, _ in rows)
    widths = [max(map(len, column)) for column in zip(head, *(texts for _, texts in rows), strict=True)]
    gap = " " * (2 if edge + sum(widths) + 2 * len(widths) <= BESIDE else 1)
    body = Text()
    for name, texts in (("", head), *rows):
        line = "".join(f"{gap}{text:>{width}}" for text, width in zip(texts, widths, strict=True))
        body.append(f"{name:<{edge}}{line}\n", "" if name else "dim")
    return Block(title, body.append("\n".join(("", *below)).rstrip("\n")) if below else body[:-1])


def written(shape: Shape) -> str:
    """A shape as it stands on an arrow, with the N images."""
    return "×".join(("N", *map(str, shape)))


def window(size: Pair, kernel: int, stride: int, padding: int) -> Pair:
    """Rows and columns after a convolution: floor((n + 2P − K) / S) + 1 on each axis (exercise 1)."""
    rows, columns = (places_of(n, kernel, stride, padding) for n in size)
    return rows, columns


def window_rows(shape: Shape, channels: int, kernel: int, stride: int, padding: int) -> list[Row]:
    """The formula of `window` line by line, for `table` with the head C, H, W."""
    padded = [n + 2 * padding for n in shape[1:]]
    room = [n - kernel for n in padded]
    steps = [n // stride for n in room]
    lines: list[tuple[str, Sequence[Number]]] = [(f"+ 2·{padding}", padded), (f"− {kernel}", room)]
    if stride > 1:
        lines += [(f"÷ {stride}", [Fraction(n, stride) for n in room]), ("floor", steps)]
    lines.append(("+ 1", [n + 1 for n in steps]))
    return [
        row("in", shape),
        *((name, ["", *(in_digits(n, 2) for n in numbers)]) for name, numbers in lines),
        row("out", (channels, *window(shape[1:], kernel, stride, padding))),
    ]


def row(name: str, shape: Shape) -> Row:
    """A shape as a row of a `table` with the head C, H, W."""
    return name, [str(n) for n in shape]


def window_says(size: Pair, kernel: int, stride: int, padding: int) -> str:
    """The formula of `window` in words and numbers, in a half-sentence."""
    results = window(size, kernel, stride, padding)
    sums = [
        f"floor(({n} + 2·{padding} − {kernel}) / {stride}) + 1 = {result}"
        for n, result in zip(size, results, strict=True)
    ]
    return by_axis(sums)


def by_axis(texts: Iterable[str]) -> str:
    """What holds for the rows and for the columns, said once where it is alike."""
    rows, columns = texts
    return f"H and W come to {rows}" if rows == columns else f"H comes to {rows}, W to {columns}"


def stays(title: str, shape: Shape, *below: str) -> Block:
    """The table of a layer that leaves the shape as it is."""
    return table(title, "CHW", [row("in", shape), row("out", shape)], below)
