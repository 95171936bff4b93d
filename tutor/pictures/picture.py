"""What a picture that moves is made of. Imports no torch and no Textual: the app and the command line draw the same.

A picture is a sequence of frames, and a frame is a few blocks of characters and a sentence that says what happens in
it. Who cannot see the drawing follows the sentences; nothing may be told by colour alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

GAP = 3
"""How many columns there are between two blocks."""

MAX_FRAMES = 400

Pair = tuple[int, int]
"""Rows, columns."""


class PictureError(UsageError):
    """What is asked for cannot be drawn; says why, in the learner's terms."""


@dataclass(frozen=True)
class Block:
    """A part of a drawing that is not broken.

    Attributes:
        title: stands above it.
        body: its lines.
        min_width: how many columns it takes at least: as many as the widest of its kind in the picture, so that what
            stands beside it does not move from frame to frame.
    """

    title: str
    body: Text
    min_width: int = 0

    @property
    def lines(self) -> list[Text]:
        """The title and the lines below it, as wide as they are."""
        return [Text(self.title, "bold"), *self.body.split("\n", allow_blank=True)]

    @property
    def width(self) -> int:
        """Columns."""
        return max(self.min_width, *(line.cell_len for line in self.lines))


@dataclass(frozen=True)
class Frame:
    """One step of a picture. Printed, it sets its blocks side by side as far as there is room.

    Attributes:
        blocks: from left to right, and then below.
        says: what happens in this step, for somebody who does not see the drawing.
    """

    blocks: tuple[Block, ...]
    says: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The drawing, without what it says."""
        yield self.drawing(options.max_width)

    def drawing(self, columns: int) -> Text:
        """The blocks in so many columns; one that is wider goes beyond them."""
        rows = [_beside(row) for row in _rows(self.blocks, columns)]
        return Text("\n\n", no_wrap=True).join(rows)


@dataclass(frozen=True)
class Picture:
    """Something that moves, step by step.

    Attributes:
        title: what it shows, with its sizes.
        frames: one after the other, at least one.
    """

    title: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Setting:
    """Something about a picture that the learner chooses.

    Attributes:
        name: as it is typed, e.g. ``kernel_size``.
        says: what it is, in a few words.
        default: as it would be typed.
        read: makes a value of what was typed; raises ValueError with what would be right.
    """

    name: str
    says: str
    default: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Kind:
    """A kind of picture, e.g. a convolution.

    Attributes:
        name: as it is asked for.
        says: what one sees in it, in a line.
        settings: what can be chosen.
        draw: makes the picture of the settings' values, by name.
    """

    name: str
    says: str
    settings: tuple[Setting, ...]
    draw: Callable[..., Picture]

    def picture(self, typed: Mapping[str, str]) -> Picture:
        """The picture for what was typed; what was not is as by default.

        Raises:
            PictureError: a setting does not exist or cannot be read, or what is asked for cannot be drawn.
        """
        known = {setting.name: setting for setting in self.settings}
        for name in typed:
            if name not in known:
                raise PictureError(f"{self.name} has no {name}", f"There is: {', '.join(known)}.")
        values = {}
        for name, setting in known.items():
            text = typed.get(name, setting.default)
            try:
                values[name] = setting.read(text)
            except ValueError as error:
                raise PictureError(f"{name}: {text!r} is not {error}", f"For example {setting.default}.") from None
        picture = self.draw(**values)
        if len(picture.frames) > MAX_FRAMES:
            raise PictureError(
                f"this would take {len(picture.frames)} steps; {MAX_FRAMES} are the most", "Choose smaller sizes."
            )
        return picture


def places_of(size: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """How many places a window has on one axis: ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1 (PyTorch's ``nn.Conv2d``)."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number in these bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\s*[+-]?\d{1,6}\s*", text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def pair(low: int, high: int) -> Callable[[str], Pair]:
    """Reads rows and columns in these bounds, as ``3x2``, ``3×2`` or ``(3, 2)``; one number stands for both."""

    def read(text: str) -> Pair:
        numbers = re.findall(r"\d{1,6}", text)
        is_pair = re.fullmatch(r"[\s(\[]*\d+\s*(?:[x×,\s]\s*\d+)?[\s)\]]*", text)
        if not is_pair or len(numbers) > 2 or not all(low <= int(number) <= high for number in numbers):
            raise ValueError(f"one number or two, rows×columns, each from {low} to {high}")
        return int(numbers[0]), int(numbers[-1])

    return read


def number(low: float, high: float) -> Callable[[str], Fraction]:
    """Reads a number in these bounds, as ``0.25``, ``1/4`` or ``1e-5``, exactly."""

    def read(text: str) -> Fraction:
        # An exponent of many digits would make a number of as many more.
        is_number = re.fullmatch(
            r"\s*[+-]?(\d{1,9}/0*[1-9]\d{0,8}|(\d{1,9}\.?\d{0,15}|\.\d{1,15})(e[+-]?\d{1,2})?)\s*", text, re.I
        )
        if not is_number or not low <= Fraction(text.strip()) <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return Fraction(text.strip())

    return read


def choice(*words: str) -> Callable[[str], str]:
    """Reads one of these words, or as much of its beginning as belongs to no other."""

    def read(text: str) -> str:
        found = [word for word in words if word.startswith(text.strip().lower())]
        if text.strip().lower() in words:
            return text.strip().lower()
        if len(found) != 1 or not text.strip():
            raise ValueError(f"one of {', '.join(words)}")
        return found[0]

    return read


def _rows(blocks: Sequence[Block], columns: int) -> Iterator[list[Block]]:
    """The blocks that fit side by side, row by row."""
    row: list[Block] = []
    for block in blocks:
        if row and sum(each.width + GAP for each in row) + block.width > columns:
            yield row
            row = []
        row.append(block)
    if row:
        yield row


def _beside(row: Sequence[Block]) -> Text:
    height = max(len(block.lines) for block in row)
    lines = []
    for number in range(height):
        line = Text()
        at = 0
        for block in row:
            part = block.lines[number] if number < len(block.lines) else Text()
            line.append(" " * (at - line.cell_len)).append_text(part)
            at += block.width + GAP
        line.rstrip()
        lines.append(line)
    return Text("\n").join(lines)
