"""Standardising a list of numbers: mean, differences, squares, variance, root, and each difference over the root.

The same as exercise 10: the variance is the biased one, divided by m (PyTorch's ``x.var(correction=0)``).
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import grid, in_digits, signed, widest
from tutor.pictures.picture import Block, Frame, Kind, Picture, PictureError, Setting
from tutor.pictures.written import added, evenly, filled, listed, mean_of, several

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tutor.pictures.grid import Cell, Number
    from tutor.pictures.written import Numbers

HEAD = ("x", "x − μ", "(x − μ)²", "x̂")
X, DIFFERENCE, SQUARE, RESULT = range(4)
"""The columns of the table."""

ROOM = 30
"""Columns beside the table of small numbers, on 78."""

LEAST_VARIANCE = Fraction(1, 100)
"""Below it too few of the decimals shown would be left to calculate with."""


def draw(numbers: Numbers) -> Picture:
    """The picture for these numbers, of shape (m,).

    Raises:
        PictureError: they are all alike, or so close together that the decimals shown do not tell them apart.
    """
    steps = _Steps(numbers)
    frames: list[tuple[tuple[str, list[str]], Block, Block, str]] = []

    def show(title: str, lines: list[str], says: str, under: Collection[Cell], now: Collection[Cell]) -> None:
        frames.append(((title, lines), steps.table(under, now), steps.ruler(), says))

    m, mean, variance, std = len(numbers), steps.mean, steps.variance, steps.std
    sums, means = m, m + 1
    differences, squares, results = steps.differences, steps.squares, steps.results

    def column(c: int) -> list[Cell]:
        return [(r, c) for r in range(m)]

    steps.fill(X, numbers)
    begin = f"The list has m = {m} numbers: {listed(numbers)}. How unusual is each among them? "
    begin += "(What is rounded here is calculated with all its decimals.)"
    show("m numbers", [f"m = {m}"], begin, [], column(X))

    steps.sums[X], steps.means[X] = sum(numbers), mean
    show(
        "1  the mean μ",
        ["add up, divide by m", *mean_of("μ", numbers, mean, ROOM)],
        f"The mean: the numbers add up to {in_digits(sum(numbers))}, and {in_digits(sum(numbers))} / {m} = "
        f"{in_digits(mean)}. There the ruler would balance.",
        column(X),
        [(sums, X), (means, X)],
    )

    steps.fill(DIFFERENCE, differences)
    steps.sums[DIFFERENCE], steps.means[DIFFERENCE] = 0, 0
    show(
        "2  differences x − μ",
        [
            "x − μ",
            *(f"{in_digits(x)} − {signed(mean)} = {in_digits(d)}" for x, d in zip(numbers, differences, strict=True)),
            "They add up to 0.",
        ],
        f"The mean {in_digits(mean)} is subtracted from each number: {listed(differences)}. "
        "These differences always add up to 0.",
        [*column(X), (means, X)],
        column(DIFFERENCE),
    )

    steps.fill(SQUARE, squares)
    steps.sums[SQUARE] = sum(squares)
    show(
        "3  squares (x − μ)²",
        [
            "no square is below zero",
            *(f"{signed(d)}² = {in_digits(s)}" for d, s in zip(differences, squares, strict=True)),
            *filled([*added(squares), f"= {in_digits(sum(squares))}"], ROOM),
        ],
        f"Each difference is squared: {listed(squares)}. The squares add up to {in_digits(sum(squares))}.",
        column(DIFFERENCE),
        [*column(SQUARE), (sums, SQUARE)],
    )

    steps.means[SQUARE] = variance
    unbiased = f"{in_digits(sum(squares))} / {m - 1} = {in_digits(sum(squares) / (m - 1))}"
    show(
        "4  the variance σ²",
        [
            "the mean of the squares",
            *mean_of("σ²", squares, variance, ROOM),
            "",
            "(by m − 1, the unbiased one,",
            f"it would be {unbiased})",
        ],
        f"The variance is the mean of the squares: {in_digits(sum(squares))} / {m} = {in_digits(variance)}. "
        f"It is the biased one, divided by m = {m}; divided by m − 1 it would be {unbiased}.",
        [(sums, SQUARE)],
        [(means, SQUARE)],
    )

    steps.has_std = True
    show(
        "5  the root σ",
        ["back to the unit of x", "σ = √σ²", f"= √{in_digits(variance)} = {in_digits(std)}"],
        f"The standard deviation is the root of the variance: √{in_digits(variance)} = {in_digits(std)}. "
        f"On the ruler it is the arrow from the mean {in_digits(mean)} to {in_digits(mean + Fraction(std))}.",
        [(means, SQUARE)],
        [],
    )

    steps.fill(RESULT, results)
    show(
        "6  standardised x̂",
        [
            "x̂ = (x − μ) / σ",
            *(f"{in_digits(d)} / {in_digits(std)} = {in_digits(z)}" for d, z in zip(differences, results, strict=True)),
        ],
        f"Each difference, not its square, is divided by σ = {in_digits(std)}: {listed(results)}. The dots stay where "
        "they are; they get a ruler with 0 at μ and σ as its unit.",
        column(DIFFERENCE),
        column(RESULT),
    )

    steps.sums[RESULT], steps.means[RESULT] = 0, 0
    show(
        "7  the mean of x̂ is 0",
        ["the mean, as in step 1", *mean_of("mean", results, 0, ROOM)],
        f"The standardised numbers add up to 0, so their mean is 0 / {m} = 0.",
        column(RESULT),
        [(sums, RESULT), (means, RESULT)],
    )
    ones = [z * z for z in results]
    show(
        "8  the variance of x̂ is 1",
        [
            "x̂² (the mean is 0)",
            *(f"{signed(z)}² = {in_digits(s)}" for z, s in zip(results, ones, strict=True)),
            f"sum {in_digits(sum(ones))}",
            f"{in_digits(sum(ones))} / {m} = 1",
        ],
        f"Their squares {listed(ones)} add up to m = {m}, so their variance is {m} / {m} = 1. "
        "Whatever the numbers were, standardised ones have mean 0 and variance 1.",
        column(RESULT),
        [],
    )
    written = evenly([part for part, *_ in frames])
    return Picture(
        f"Standardising {m} numbers",
        tuple(
            Frame((table, lines, ruler), says) for (_, table, ruler, says), lines in zip(frames, written, strict=True)
        ),
    )


class _Steps:
    """The table and the ruler, as far as they are filled in."""

    def __init__(self, x: Numbers) -> None:
        m = len(x)
        self.x = x
        self.mean = sum(x, Fraction()) / m
        self.differences = [number - self.mean for number in x]
        self.squares = [difference**2 for difference in self.differences]
        self.variance = sum(self.squares, Fraction()) / m
        if self.variance == 0:
            raise PictureError(
                f"all {m} numbers are {in_digits(x[0])}: their variance is 0, and nothing can be divided by its root",
                "Choose numbers that are not all alike.",
            )
        if self.variance < LEAST_VARIANCE:
            raise PictureError(
                f"the numbers are so close together that few decimals are left of their variance, "
                f"{float(self.variance):.2g}",
                f"Choose numbers that lie further apart, with a variance of {float(LEAST_VARIANCE):g} or more.",
            )
        self.std = math.sqrt(self.variance)
        self.results = [float(difference) / self.std for difference in self.differences]
        self.columns: list[list[Number]] = [[None] * m for _ in HEAD]
        self.sums: list[Number] = [None] * len(HEAD)
        self.means: list[Number] = [None] * len(HEAD)
        self.has_std = False
        everything: list[Sequence[Number]] = [
            x,
            self.differences,
            self.squares,
            self.results,
            [sum(x), self.mean, sum(self.squares), self.variance],
        ]
        self.width = widest(everything)

    def fill(self, column: int, numbers: Sequence[Number]) -> None:
        self.columns[column] = list(numbers)

    def table(self, under: Collection[Cell], now: Collection[Cell]) -> Block:
        rows = [*zip(*self.columns, strict=True), self.sums, self.means]
        side = [*[""] * len(self.x), "sum ", "mean "]
        return grid(
            f"a row for each of the {len(self.x)} numbers",
            rows,
            under=under,
            now=now,
            width=self.width,
            head=HEAD,
            side=side,
        )

    def ruler(self) -> Block:
        """The numbers as dots, the mean below them, and then a second ruler that begins at the mean."""
        low, high = math.floor(min(self.results)), math.ceil(max(self.results))
        unit = min(16, 56 // (high - low))
        left = 8
        zero = left - low * unit
        places = [zero + round(z * unit) for z in self.results]
        labels = sorted({(place, in_digits(x)) for place, x in zip(places, self.x, strict=True)})
        counts = Counter(places)
        end = left + (high - low) * unit
        axis = ["┴" if at in counts else "─" for at in range(left, end + 1)]
        lines = [
            _placed([(at, f"{count}×") for at, count in counts.items() if count > 1]),
            _placed([(at, "●") for at in counts]),
            " " * left + "".join(axis),
            # The outermost first: they are to be read whatever lies between them.
            _placed([(2, "x"), labels[0], labels[-1], *labels[1:-1]]),
        ]
        mean = f"μ = {in_digits(self.mean)} ▲" if self.means[X] is not None else ""
        if self.has_std:
            mean += f"{'─' * (unit - 1)}► σ = {in_digits(self.std)}"
        lines.append(" " * (zero + 1 - len(mean.split("▲")[0]) - 1) + mean if mean else "")
        if self.columns[RESULT][0] is None:
            lines.append("")
        else:
            ticks = _placed([(zero + tick * unit, in_digits(tick)) for tick in range(low, high + 1)])
            first = len(ticks) - len(ticks.lstrip())
            # x̂ is two characters in one column.
            lines.append("  x̂" + " " * (first - 3) + ticks[first:].replace(" ", "─"))
        return Block("the numbers on a ruler", Text("\n".join(lines)))


def _placed(texts: Sequence[tuple[int, str]]) -> str:
    """A line of these texts, each around its column; one that would touch an earlier one is left out."""
    taken: dict[int, str] = {}
    for at, text in texts:
        start = at - len(text) // 2 + (1 - len(text) % 2) * (len(text) > 1)
        if not any(place in taken for place in range(start - 1, start + len(text) + 1)):
            taken |= dict(enumerate(text, start=start))
    return "".join(taken.get(at, " ") for at in range(max(taken, default=-1) + 1))


STANDARDISATION = Kind(
    "standardisation",
    "A list of numbers: its mean, variance and standard deviation, and each number measured by them",
    (Setting("numbers", "the list, 2 to 12 numbers", "1 1 2 4", several(2, 12, -255, 255)),),
    draw,
)
