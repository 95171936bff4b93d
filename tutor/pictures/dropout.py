"""Dropout: for each unit a coin is tossed, what is dropped becomes 0, and what is kept is divided by 1 − p."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import counted, grid, in_digits, signed, widest
from tutor.pictures.picture import Block, Frame, Kind, Picture, Setting, number, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.pictures.grid import Number

Table = list[list[Fraction]]
"""Samples × features."""

LESSONS_INPUT = [[2, -1, 4, 3], [1, 6, -2, 5]]
"""The slides have no numbers for dropout: these are exercise 18's, and so is its p."""
LESSONS_SEED = 4097
"""Draws exercise 18's mask first, and then one that drops other units."""

X, DRAWN, MASK, PRODUCT, Y = LINES = ("x", "drawn", "mask", "x · mask", "y")
"""One below the other, as in the lesson: what happens to a unit stands in a column."""

OF_MANY = (10, 100, 2000)
"""Means over so many masks are shown."""


@dataclass(frozen=True)
class _Step:
    """What one frame shows.

    Attributes:
        mode: train or eval, and which call it is.
        notes: two lines: the probabilities, and what is computed.
        tables: the numbers so far, by their line.
        under, now: the lines that are looked at, and those that this step gives.
        says: as in a frame.
        samples: those that the step is about; None is all.
    """

    mode: str
    notes: tuple[str, str]
    tables: dict[str, Table]
    under: tuple[str, ...]
    now: tuple[str, ...]
    says: str
    samples: tuple[int, ...] | None = None


def draw(samples: int, features: int, p: Fraction, seed: int) -> Picture:
    """The picture for a batch of this size; with the lesson's numbers where it is as large as the lesson's.

    Args:
        samples, features: rows and columns of the batch.
        p: the probability of a unit to be dropped, as in ``nn.Dropout``.
        seed: which masks are drawn.
    """
    x = _input(samples, features)
    rng = random.Random(seed)
    calls = [_drawn(rng, samples, features) for _ in range(2)]
    steps = [*_first_call(x, calls[0], p), *_next_call(x, calls, p), _eval(x), *_means(x, p, rng)]
    # As wide in every frame, so that nothing moves.
    width = max(widest(table) for step in steps for table in step.tables.values())
    note_width = max(len(note) for step in steps for note in step.notes)
    frames = [_frame(step, (samples, features), width, note_width) for step in steps]
    return Picture(
        f"Dropout: {counted(samples, 'sample')}, {counted(features, 'feature')}, p = {in_digits(p)}", tuple(frames)
    )


def _input(samples: int, features: int) -> Table:
    """Small whole numbers, the same ones every time. None is 0: that would look as if it was dropped."""
    rng = random.Random(7)
    x = [rng.sample((-2, -1, *range(1, 10)), features) for _ in range(samples)]
    if (samples, features) == (2, 4):
        x = LESSONS_INPUT
    return [[Fraction(number) for number in row] for row in x]


def _drawn(rng: random.Random, samples: int, features: int) -> Table:
    """Numbers from 0 to 0.999, each thousandth as probable: as p is whole thousandths, a share of p lies below p."""
    return [[Fraction(int(rng.random() * 1000), 1000) for _ in range(features)] for _ in range(samples)]


# -- the steps ---------------------------------------------------------------------------------------------------------


def _first_call(x: Table, drawn: Table, p: Fraction) -> Iterator[_Step]:
    mode = "train mode"
    tables = {X: x}
    yield _Step(
        mode,
        ("", ""),
        tables,
        (),
        (X,),
        f"The input x is a batch of {counted(len(x), 'sample')} with {counted(len(x[0]), 'feature')}, {_rows(x)}. Each "
        "of these numbers is a unit.",
    )
    odds = f"p = {in_digits(p)}: dropped   1 − p = {in_digits(1 - p)}: kept"
    yield _Step(
        mode,
        (odds, "each unit by itself"),
        tables,
        (X,),
        (),
        f"With probability p = {in_digits(p)} a unit is dropped, with probability 1 − p = {in_digits(1 - p)} it is "
        "kept; that is drawn for each unit by itself.",
    )
    masks = _mask(drawn, p)
    for sample, (numbers, mask) in enumerate(zip(drawn, masks, strict=True)):
        tables = {X: x, DRAWN: drawn[: sample + 1], MASK: masks[: sample + 1]}
        yield _Step(
            mode,
            (odds, f"mask: 1 where the drawn number is {in_digits(p)} or more, 0 where it is less"),
            tables,
            (DRAWN,),
            (MASK,),
            f"Sample {sample + 1}: the numbers {_listed(numbers)} are drawn, evenly between 0 and 1. "
            f"{_dropped(mask, p)}: the mask is {_listed(mask)}.",
            (sample,),
        )
    product = _product(x, masks)
    tables = {**tables, PRODUCT: product}
    yield _Step(
        mode,
        (odds, "x · mask: what is dropped becomes 0"),
        tables,
        (X, MASK),
        (PRODUCT,),
        "Each unit is multiplied by its mask: what is dropped becomes 0, what is kept stays as it is, the first unit "
        f"{_times(x[0][0], masks[0][0])}. x · mask, {_rows(product)}.",
    )
    output = _output(x, masks, p)
    yield _Step(
        mode,
        (odds + _factor(p), _scaling(product, p)),
        {**tables, Y: output},
        (PRODUCT,),
        (Y,),
        f"{_says_scaling(product, p)} Output y, {_rows(output)}.",
    )


def _next_call(x: Table, calls: Sequence[Table], p: Fraction) -> Iterator[_Step]:
    mode = "train mode, the next time: the same samples, a new mask"
    odds = f"p = {in_digits(p)}: dropped   1 − p = {in_digits(1 - p)}: kept{_factor(p)}"
    before, mask = (_mask(drawn, p) for drawn in calls)
    tables = {X: x, DRAWN: calls[1], MASK: mask}
    off, off_before = (sum(unit == 0 for unit in chain(*table)) for table in (mask, before))
    yield _Step(
        mode,
        (odds, f"mask: 1 where the drawn number is {in_digits(p)} or more, 0 where it is less"),
        tables,
        (DRAWN,),
        (MASK,),
        f"When these samples come again, the mask is drawn anew, {_rows(mask)}. It drops {off} of "
        f"{counted(len(x) * len(x[0]), 'unit')}, the one before dropped {off_before}.",
    )
    product, output = _product(x, mask), _output(x, mask, p)
    yield _Step(
        mode,
        (odds, _scaling(product, p)),
        {**tables, PRODUCT: product, Y: output},
        (X, MASK),
        (PRODUCT, Y),
        f"{_says_scaling(product, p)} Output y this time, {_rows(output)}.",
    )


def _eval(x: Table) -> _Step:
    return _Step(
        "eval mode (test)",
        ("all units are put back", "y = x: no mask, no factor"),
        {X: x, Y: x},
        (X,),
        (Y,),
        f"In eval mode nothing is drawn and nothing is scaled, whatever p is: the output y is x, {_rows(x)}.",
    )


def _means(x: Table, p: Fraction, rng: random.Random) -> Iterator[_Step]:
    """Means over more and more masks, each time with all those that were drawn before."""
    kept = [[0] * len(row) for row in x]
    masks = 0
    below = float(p)
    kept_one = _scaled(x[0][0], p)
    expected = f"{in_digits(p)} · 0 + {in_digits(1 - p)} · {kept_one} = {in_digits(x[0][0])}" if p < 1 else "0"
    for count in OF_MANY:
        while masks < count:
            masks += 1
            for row in kept:
                for unit in range(len(row)):
                    row[unit] += rng.random() >= below
        share = [[Fraction(times, count) for times in row] for row in kept]
        mean = _output(x, share, p)
        sum_of_one = f"{kept[0][0]:,} · {kept_one} / {count:,} {_equals(mean[0][0], 2)}"
        says = (
            f"Mean of y over {count:,} masks, {_rows(_rounded(mean))}. Unit 1 of sample 1 was kept in {kept[0][0]:,} "
            f"of them: {sum_of_one}."
        )
        if count == OF_MANY[-1]:
            says += f" {_says_mean(x, share, p)}"
        yield _Step(
            f"train mode, mean over {count:,} masks",
            (f"unit 1 of sample 1, kept {kept[0][0]:,} times: {sum_of_one}", f"expected: E[y] = {expected}"),
            {X: x, MASK: _rounded(share), PRODUCT: _rounded(_product(x, share)), Y: _rounded(mean)},
            (X,),
            (Y,),
            says,
        )


# -- what is computed --------------------------------------------------------------------------------------------------


def _mask(drawn: Table, p: Fraction) -> Table:
    return [[Fraction(value >= p) for value in row] for row in drawn]


def _product(x: Table, mask: Table) -> Table:
    return [[value * keep for value, keep in zip(*rows, strict=True)] for rows in zip(x, mask, strict=True)]


def _output(x: Table, mask: Table, p: Fraction) -> Table:
    """PyTorch's ``nn.Dropout`` in train mode. With p = 1 nothing is divided: the output is 0."""
    return [[value / (1 - p) if p < 1 else value * 0 for value in row] for row in _product(x, mask)]


def _rounded(table: Table) -> Table:
    return [[_round(value, 2) for value in row] for row in table]


def _round(value: Fraction, places: int) -> Fraction:
    """As by hand: 2.625 is 2.63."""
    shifted = abs(value) * 10**places
    rounded = Fraction(int(shifted + Fraction(1, 2)), 10**places)
    return -rounded if value < 0 else rounded


# -- what is written ---------------------------------------------------------------------------------------------------


def _frame(step: _Step, shape: tuple[int, int], width: int, note_width: int) -> Frame:
    samples, features = shape
    blocks = [Block(step.mode, Text("\n".join(note.ljust(note_width) for note in step.notes)))]
    for sample in range(samples):
        rows: list[Sequence[Number]] = []
        for line in LINES:
            table = step.tables.get(line, [])
            rows.append(table[sample] if sample < len(table) else [None] * features)
        is_meant = step.samples is None or sample in step.samples
        marked = [
            [(LINES.index(line), unit) for line in lines for unit in range(features) if is_meant]
            for lines in (step.under, step.now)
        ]
        off = [
            (r, unit) for r in (LINES.index(PRODUCT), LINES.index(Y)) for unit in range(features) if not rows[r][unit]
        ]
        side = [f"{line:<{max(map(len, LINES)) + 1}}" for line in LINES]
        blocks.append(
            grid(f"sample {sample + 1}", rows, under=marked[0], now=marked[1], faint=off, width=width, side=side)
        )
    return Frame(tuple(blocks), step.says)


def _factor(p: Fraction) -> str:
    return "" if p == 1 else f"   1/(1 − p) {_equals(1 / (1 - p))}: factor"


def _scaling(product: Table, p: Fraction) -> str:
    if p == 1:
        return "y = 0: all is dropped, and nothing is divided by 1 − p = 0"
    return f"y = x · mask / {in_digits(1 - p)}, e.g. {_division(product, p)}"


def _says_scaling(product: Table, p: Fraction) -> str:
    if p == 1:
        return "With p = 1 everything is dropped, and nothing is divided: 1/(1 − p) would be 1/0."
    larger = "what is kept becomes larger" if p else "with p = 0 all stays as it is"
    return f"Divided by 1 − p = {in_digits(1 - p)}, {larger}: {_division(product, p)}."


def _division(product: Table, p: Fraction) -> str:
    """How one unit that is kept is scaled, one above zero if there is any; a 0 where all are dropped."""
    kept = sorted((value for value in chain(*product) if value), key=lambda value: value < 0)
    value = kept[0] if kept else Fraction(0)
    return f"{in_digits(value)} / {in_digits(1 - p)} {_equals(value / (1 - p))}"


def _says_mean(x: Table, share: Table, p: Fraction) -> str:
    if p == 1:
        return "With p = 1 nothing of x is left, not on average either."
    without = in_digits(_rounded(_product(x, share))[0][0])
    if p == 0:
        return "With p = 0 it is x in each call."
    return (
        f"So on average y is x, and eval mode has nothing to do; without the factor the mean of this unit would be "
        f"{without} in place of {in_digits(x[0][0])}."
    )


def _scaled(value: Fraction, p: Fraction) -> str:
    """A unit that is kept, as a factor; as a division where its digits would be rounded."""
    if p == 1:
        return "0"
    scaled = value / (1 - p)
    return signed(scaled) if round(scaled, 3) == scaled else f"({in_digits(value)} / {in_digits(1 - p)})"


def _dropped(mask: Sequence[Fraction], p: Fraction) -> str:
    units = [str(unit) for unit, keep in enumerate(mask, start=1) if not keep]
    below = f"below p = {in_digits(p)}"
    if not units:
        return f"No unit is dropped, as no number is {below}"
    if len(units) == 1:
        return f"Unit {units[0]} is dropped, as its number is {below}"
    names = "All units" if len(units) == len(mask) else f"Units {', '.join(units[:-1])} and {units[-1]}"
    return f"{names} are dropped, as their numbers are {below}"


def _times(value: Fraction, keep: Fraction) -> str:
    return f"{in_digits(value)} · {in_digits(keep)} = {in_digits(value * keep)}"


def _rows(table: Table) -> str:
    """Each sample's numbers; goes on a sentence after a comma."""
    return "; ".join(f"sample {sample}: {_listed(row)}" for sample, row in enumerate(table, start=1))


def _listed(row: Sequence[Fraction]) -> str:
    return ", ".join(map(in_digits, row))


def _equals(value: Fraction, places: int = 3) -> str:
    rounded = _round(value, places)
    return f"{'=' if rounded == value else '≈'} {in_digits(rounded, places)}"


def _probability(text: str) -> Fraction:
    """Reads p in whole thousandths, as so many digits are shown of it and of what is compared with it."""
    p = number(0, 1)(text)
    if (p * 1000).denominator != 1:
        raise ValueError("a number from 0 to 1 with three decimals at most")
    return p


DROPOUT = Kind(
    "dropout",
    "A random mask drops units, what is kept is scaled; eval mode leaves all as it is",
    (
        Setting("samples", "rows of the batch", "2", whole(1, 4)),
        Setting("features", "columns of the batch", "4", whole(1, 8)),
        Setting("p", "probability of a unit to be dropped", "0.2", _probability),
        Setting("seed", "which masks are drawn", str(LESSONS_SEED), whole(0, 999999)),
    ),
    draw,
)
