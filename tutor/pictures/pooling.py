"""Pooling one channel: a window moves over the input, and the largest entry under it, or their mean, is the output."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import PLACES, counted, grid, in_digits, signed, widest
from tutor.pictures.picture import Block, Frame, Kind, Picture, PictureError, Setting, choice, pair, places_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.pictures.grid import Number
    from tutor.pictures.picture import Pair

SLIDES_INPUT = [
    [3, 2, 1, 0, 0, 3],
    [0, 3, 3, 1, 1, 0],
    [3, 1, 4, 1, 1, 0],
    [2, 4, 1, 1, 0, 4],
    [1, 0, 3, 0, 3, 0],
    [3, 4, 4, 3, 3, 4],
]
LESSONS_INPUT = [[-4, -2, 5], [-3, -6, 1], [2, 0, -1]]
"""On it the lesson shows padding: what that stands for is seen where numbers are below zero."""

MINUS_INFINITY = "−∞"
AXES = ("row", "column")


@dataclass(frozen=True)
class _Pooling:
    """What is asked for, each pair in rows and columns."""

    is_max: bool
    input: Pair
    kernel: Pair
    stride: Pair
    padding: Pair

    @property
    def padded(self) -> Pair:
        return self.input[0] + 2 * self.padding[0], self.input[1] + 2 * self.padding[1]

    @property
    def count(self) -> int:
        """How many places the window has."""
        return self.kernel[0] * self.kernel[1]

    def window(self, place: Pair) -> list[Pair]:
        """Which entries of the padded input lie under it, row by row, for this entry of the output."""
        top, left = place[0] * self.stride[0], place[1] * self.stride[1]
        return [(top + i, left + j) for i in range(self.kernel[0]) for j in range(self.kernel[1])]

    def is_padding(self, r: int, c: int) -> bool:
        (p, q), (rows, columns) = self.padding, self.input
        return not (p <= r < p + rows and q <= c < q + columns)

    def rest(self, axis: int) -> int:
        """How many rows or columns at the end lie under no window."""
        return (self.padded[axis] - self.kernel[axis]) % self.stride[axis]


def draw(pool: str, input: Pair, kernel: Pair, stride: Pair | None, padding: Pair) -> Picture:  # noqa: A002
    """The picture for these sizes; with the slides' or the lesson's numbers where the input has their size.

    Args:
        pool: ``max`` or ``average``.
        input: its rows and columns.
        kernel: the window's.
        stride: how far it moves, down and across; None is the kernel's size, as in PyTorch.
        padding: rows above and below, columns left and right.

    Raises:
        PictureError: the padding is more than PyTorch takes, or the window does not fit into the padded input.
    """
    shape = output_shape(input, kernel, stride or kernel, padding)
    pooling = _Pooling(pool == "max", input, kernel, stride or kernel, padding)
    x = _padded_input(pooling)
    faint = [(r, c) for r, row in enumerate(x) for c in range(len(row)) if pooling.is_padding(r, c)]
    places = [(r, c) for r in range(shape[0]) for c in range(shape[1])]
    entries = {place: [x[r][c] for r, c in pooling.window(place)] for place in places}
    results = {place: _result(pooling, under) for place, under in entries.items()}
    term_width = widest(x, _entry if pooling.is_max else signed)
    works = {place: _work(pooling, entries[place], results[place], term_width) for place in places}
    shown = [[-math.inf if number is None else number for number in row] for row in x]
    width = widest(shown)
    output: list[list[Number]] = [[None] * shape[1] for _ in range(shape[0])]
    out_width = widest([list(results.values())])
    work_width = max(len(line) for lines in works.values() for line in lines)

    def blocks(place: Pair | None) -> tuple[Block, Block]:
        under = pooling.window(place) if place else []
        # What wins is what the output is given: both have the same marks.
        largest = [(r, c) for r, c in under if place and pooling.is_max and x[r][c] == results[place]]
        name = "padded input" if padding != (0, 0) else "input"
        return (
            grid(name, shown, under=under, now=largest, faint=faint, width=width),
            grid("output", output, now=[place] if place else [], width=out_width),
        )

    frames = [Frame(blocks(None), _opening(pooling)), _fitting(blocks(None), pooling, shape)]
    for place in places:
        output[place[0]][place[1]] = results[place]
        work = Block("largest" if pooling.is_max else "mean", Text("\n".join(works[place])), work_width)
        frames.append(Frame((*blocks(place), work), _says(pooling, place, entries[place], results[place])))
    return Picture(_title(pooling), tuple(frames))


def output_shape(input: Pair, kernel: Pair, stride: Pair, padding: Pair) -> Pair:  # noqa: A002
    """Rows and columns of the output: ⌊(n + 2p − k)/s⌋ + 1 on each axis (PyTorch's ``nn.MaxPool2d``, ``nn.AvgPool2d``).

    Raises:
        PictureError: PyTorch does not take such a padding, or there would be no output.
    """
    sizes = []
    for axis, n, k, s, p in zip(AXES, input, kernel, stride, padding, strict=True):
        if p > k // 2:
            raise PictureError(
                f"the padding is {counted(p, axis)}, and the kernel has {counted(k, axis)}; PyTorch pools with a "
                "padding of half the kernel at most, so that no window lies in the padding alone",
                f"Choose a padding of {counted(k // 2, axis)} at most, or a larger kernel.",
            )
        if k > n + 2 * p:
            raise PictureError(
                f"the kernel has {counted(k, axis)}, and the input {n + 2 * p}{', padding included' if p else ''}",
                "Choose a smaller kernel, or a larger input.",
            )
        sizes.append(places_of(n, k, s, p))
    return sizes[0], sizes[1]


def _padded_input(pooling: _Pooling) -> list[list[Number]]:
    """Small whole numbers, the same ones every time, in their padding: None, or minus infinity, where it is max."""
    rows, columns = pooling.input
    rng = random.Random(1)
    x = [[rng.randint(-5, 9) for _ in range(columns)] for _ in range(rows)]
    x = {(6, 6): SLIDES_INPUT, (3, 3): LESSONS_INPUT}.get(pooling.input, x)
    p, q = pooling.padding
    filler = None if pooling.is_max else 0
    return [
        [filler if pooling.is_padding(r, c) else x[r - p][c - q] for c in range(pooling.padded[1])]
        for r in range(pooling.padded[0])
    ]


def _result(pooling: _Pooling, entries: Sequence[Number]) -> Fraction:
    """The largest of the entries, or their sum divided by the places in the window, padding included."""
    numbers = [Fraction(entry) for entry in entries if entry is not None]
    return max(numbers) if pooling.is_max else sum(numbers, Fraction(0)) / pooling.count


# -- what is written ---------------------------------------------------------------------------------------------------


def _entry(number: Number) -> str:
    return MINUS_INFINITY if number is None else in_digits(number)


def _work(pooling: _Pooling, entries: Sequence[Number], result: Fraction, width: int) -> list[str]:
    """How the window gives its number, with a line for each of the window's rows.

    Args:
        width: of an entry, so that nothing moves from frame to frame.
    """
    columns = pooling.kernel[1]
    texts = [text.rjust(width) for text in _terms(pooling, entries)]
    rows = [texts[at : at + columns] for at in range(0, len(texts), columns)]
    if pooling.is_max:
        lines = [f"{'    ' if i else 'max('}{', '.join(row)}," for i, row in enumerate(rows)]
        return [*lines[:-1], f"{lines[-1][:-1]})", f"= {in_digits(result)}"]
    lines = [f"{'+ ' if i else '  '}{' + '.join(row)}" for i, row in enumerate(rows)]
    return [*lines, f"= {in_digits(result * pooling.count)}", _division(pooling, result)]


def _terms(pooling: _Pooling, entries: Sequence[Number]) -> list[str]:
    """The entries as they stand in a maximum or in a sum."""
    if pooling.is_max:
        return [_entry(entry) for entry in entries]
    return [in_digits(entries[0]), *map(signed, entries[1:])]


def _division(pooling: _Pooling, mean: Fraction) -> str:
    equals = "=" if round(mean, PLACES) == mean else "≈"
    return f"{in_digits(mean * pooling.count)} / {pooling.count} {equals} {in_digits(mean)}"


def _opening(pooling: _Pooling) -> str:
    begin = f"The input is {_times(pooling.input)}"
    if pooling.padding != (0, 0):
        stands = "minus infinity, which never wins" if pooling.is_max else "zeros, which count in the mean"
        begin += f", with padding {pooling.padding} {_times(pooling.padded)}: rows and columns are counted with it. "
        begin += f"The padding is {stands}"
    if pooling.is_max:
        return f"{begin}. Max pooling keeps the largest entry under each window of {_times(pooling.kernel)}."
    return (
        f"{begin}. Average pooling keeps the mean under each window of {_times(pooling.kernel)}: the sum divided by "
        f"its {counted(pooling.count, 'place')}."
    )


def _fitting(blocks: tuple[Block, Block], pooling: _Pooling, shape: Pair) -> Frame:
    """How many windows there are: exercise 1's formula."""
    formula = []
    for axis, letters in enumerate(("MPKS", "NQOT")):
        n, p, k, s = (sizes[axis] for sizes in (pooling.input, pooling.padding, pooling.kernel, pooling.stride))
        formula.append(f"{AXES[axis] + 's':<9}" + "⌊({} + 2{} − {})/{}⌋ + 1".format(*letters))
        formula.append(f"{'':<9}⌊({n} + 2·{p} − {k})/{s}⌋ + 1 = {shape[axis]}")
    says = (
        f"The window moves by {counted(pooling.stride[1], 'column')}, and for the next row of the output by "
        f"{counted(pooling.stride[0], 'row')}, as long as it lies within the edge: {counted(shape[0], 'window')} down, "
        f"{shape[1]} across, so the output is {_times(shape)}."
    )
    rests = [_last(pooling.padded[axis], pooling.rest(axis), name) for axis, name in enumerate(AXES)]
    rest = " and ".join(filter(None, rests))
    if rest:
        says += f" Too little for another window is left over: {rest}."
    return Frame((*blocks, Block("size of the output", Text("\n".join(formula)))), says)


def _says(pooling: _Pooling, place: Pair, entries: Sequence[Number], result: Fraction) -> str:
    lies = " and ".join(
        _span(at * s + 1, k, axis) for at, s, k, axis in zip(place, pooling.stride, pooling.kernel, AXES, strict=True)
    )
    begin = f"Output row {place[0] + 1}, column {place[1] + 1}: the window lies on {lies}; "
    # What lies in the padding is counted rather than listed: of a large window that may be nearly all.
    inside = [entry for at, entry in zip(pooling.window(place), entries, strict=True) if not pooling.is_padding(*at)]
    outside = pooling.count - len(inside)
    terms = _terms(pooling, inside)
    if pooling.is_max:
        of = ", ".join(terms) + (f" and {counted(outside, 'time')} {MINUS_INFINITY}" if outside else "")
        return f"{begin}the largest of {of} is {in_digits(result)}."
    total = " + ".join(terms) + (f" + {outside}·0" if outside else "")
    return f"{begin}{total} = {in_digits(result * pooling.count)}, and {_division(pooling, result)}."


def _title(pooling: _Pooling) -> str:
    parts = [
        f"{'Max' if pooling.is_max else 'Average'} pooling: input {_times(pooling.input)}",
        f"kernel {_times(pooling.kernel)}",
        f"stride {pooling.stride}",
    ]
    parts += [f"padding {pooling.padding}"] if pooling.padding != (0, 0) else []
    return ", ".join(parts)


def _times(sizes: Pair) -> str:
    return f"{sizes[0]}×{sizes[1]}"


def _span(first: int, length: int, thing: str) -> str:
    """For example ``rows 3 to 5``, counted from 1."""
    if length == 1:
        return f"{thing} {first}"
    return f"{thing}s {first} {'and' if length == 2 else 'to'} {first + length - 1}"


def _last(length: int, count: int, thing: str) -> str:
    """The last so many of them, or nothing where there are none."""
    return _span(length - count + 1, count, thing) if count else ""


def _pool(text: str) -> str:
    """Reads ``max`` or ``average``, also as ``avg``, as in the functions' names."""
    return "average" if text.strip().lower() == "avg" else choice("max", "average")(text)


def _stride(text: str) -> Pair | None:
    """Reads a stride, or ``kernel``, which is PyTorch's default."""
    if text.strip().lower() in ("kernel", "none"):
        return None
    try:
        return pair(1, 7)(text)
    except ValueError as error:
        raise ValueError(f'"kernel", or {error}') from None


POOLING = Kind(
    "pooling",
    "A window moves over the input and gives the largest entry under it, or their mean",
    (
        Setting("pool", "max or average", "max", _pool),
        Setting("input", "rows×columns of the input", "6x6", pair(1, 12)),
        Setting("kernel", "rows×columns of the window", "2x2", pair(1, 6)),
        Setting("stride", "how far the window moves, down and across; kernel: by its own size", "kernel", _stride),
        Setting("padding", "around the input, at most half the kernel", "0", pair(0, 3)),
    ),
    draw,
)
