"""The running mean and the running variance of one feature, moved a little by every batch of the training.

The same as exercise 13 and as PyTorch's ``nn.BatchNorm1d``: they begin at 0 and 1, the momentum is the weight of the
new value, and what is stored is the unbiased variance.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import counted, in_digits
from tutor.pictures.picture import Block, Frame, Kind, Picture, PictureError, Setting, number, whole
from tutor.pictures.written import evenly, exactly, listed, mean_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTRIES = range(7)
"""What the feature can be, each as likely as the others."""
TRUE_MEAN = Fraction(sum(ENTRIES), len(ENTRIES))
TRUE_VARIANCE = sum(((entry - TRUE_MEAN) ** 2 for entry in ENTRIES), Fraction()) / len(ENTRIES)

ROWS = 7
"""Of a chart: an odd number, so that the true value, half of the highest, lies in the middle of a row."""
COLUMNS = 31
"""Of a chart, besides its scale: what is stored to begin with, and after each of 30 batches."""
WIDTH = COLUMNS + 4
"""Of a chart, with its scale and the numbers below it."""
ROOM = 36
"""Columns of a calculation, so that two stand side by side on 78."""

BARS = " ▁▂▃▄▅▆▇█"
BATCH, TRUE, BEYOND = "○", "┄", "▲"


def draw(momentum: Fraction, batches: int, batch_size: int, seed: int) -> Picture:
    """The picture of so many batches of shape (batch_size,), drawn with the seed.

    Raises:
        PictureError: a batch of one entry has no unbiased variance.
    """
    if batch_size < 2:
        raise PictureError(
            "one entry equals its own mean, and its unbiased variance would be 0 / 0: PyTorch refuses it",
            "Choose a batch_size of 2 or more.",
        )
    rng = random.Random(seed)
    drawn = [[rng.choice(ENTRIES) for _ in range(batch_size)] for _ in range(batches)]
    means = [Fraction(sum(batch), batch_size) for batch in drawn]
    squares = [sum((x - mean) ** 2 for x in batch) for batch, mean in zip(drawn, means, strict=True)]
    variances = [Fraction(total) / (batch_size - 1) for total in squares]
    running_means, running_vars = _account(Fraction(0), means, momentum), _account(Fraction(1), variances, momentum)

    lefts: list[tuple[str, list[str]]] = []
    rights: list[tuple[str, list[str]]] = []
    says = [
        "One feature whose entries are whole numbers from 0 to 6, all as likely: its true mean is "
        f"{in_digits(TRUE_MEAN)}, its true variance {in_digits(TRUE_VARIANCE)}. PyTorch begins with the running mean 0 "
        f"and the running variance 1. {counted(batches, 'batch')} of {batch_size} entries will move them."
    ]
    if max(running_means) > 2 * TRUE_MEAN or max(running_vars) > 2 * TRUE_VARIANCE:
        says[0] += f" In the charts {BEYOND} is a value beyond them."
    for k, batch in enumerate(drawn):
        lines = mean_of("μ", batch, means[k], ROOM)
        spare = [""] * (len(lines) - 2)
        divided = f"{in_digits(squares[k])} / ({batch_size} − 1) = {in_digits(variances[k])}"
        moved_mean, result_mean = _written(running_means[k], means[k], running_means[k + 1], momentum)
        moved_var, result_var = _written(running_vars[k], variances[k], running_vars[k + 1], momentum)
        lefts.append((f"batch {k + 1}: its mean", [*lines, "", "running mean", moved_mean, result_mean]))
        right = ["sum of (x − μ)² / (m − 1)", f"= {divided}", *spare, "", "running var", moved_var, result_var]
        rights.append((f"batch {k + 1}: its unbiased variance", right))
        says.append(
            f"Batch {k + 1}: {listed(batch)}, with mean {in_digits(means[k])} and unbiased variance {divided}. "
            f"Running mean: {moved_mean} = {in_digits(running_means[k + 1])}. "
            f"Running variance: {moved_var} = {in_digits(running_vars[k + 1])}."
        )
    says[-1] += (
        f" The true ones are {in_digits(TRUE_MEAN)} and {in_digits(TRUE_VARIANCE)}; what it began with still weighs "
        f"{exactly(1 - momentum)} to the power of {batches} = {in_digits((1 - momentum) ** batches)}."
    )
    # Before the first batch: in the lines in which it stands later.
    blank = [""] * (len(lefts[0][1]) - 3)
    lefts.insert(0, ("before the first batch", [*blank, "running mean", "begins at 0"]))
    rights.insert(0, ("", [*blank, "running var", "begins at 1"]))

    left, right_blocks = evenly(lefts, WIDTH), evenly(rights, WIDTH)
    frames = []
    for k in range(batches + 1):
        mean_chart = _chart("running mean", running_means[: k + 1], means[:k], TRUE_MEAN, batches, left[k].width)
        var_chart = _chart("running var", running_vars[: k + 1], variances[:k], TRUE_VARIANCE, batches, WIDTH)
        frames.append(Frame((left[k], right_blocks[k], mean_chart, var_chart), says[k]))
    return Picture(
        f"Running statistics: momentum {exactly(momentum)}, {counted(batches, 'batch')} of {batch_size}", tuple(frames)
    )


def _account(begin: Fraction, batches: Sequence[Fraction], momentum: Fraction) -> list[Fraction]:
    """What is stored before the first batch and after each."""
    stored = [begin]
    for new in batches:
        stored.append((1 - momentum) * stored[-1] + momentum * new)
    return stored


def _written(old: Fraction, new: Fraction, result: Fraction, momentum: Fraction) -> tuple[str, str]:
    """The rule with its numbers, and what comes out."""
    kept = f"(1 − {exactly(momentum)})·{in_digits(old)}"
    parts = f"{in_digits((1 - momentum) * old)} + {in_digits(momentum * new)}"
    return f"{kept} + {exactly(momentum)}·{in_digits(new)}", f"= {parts} = {in_digits(result)}"


def _chart(
    name: str, stored: Sequence[Fraction], batch: Sequence[Fraction], true: Fraction, batches: int, columns: int
) -> Block:
    """A bar for what is stored before the first batch and after each, with the batch's own value in its column.

    Args:
        name: what is stored.
        stored: one value more than there have been batches.
        batch: the batches' own values.
        true: where the line is drawn.
        batches: how many there will be.
        columns: how wide the block is.
    """
    step = max(1, min(3, COLUMNS // (batches + 1)))
    width = step * batches + 1
    unit = 2 * true / ROWS
    cells = [[" "] * width for _ in range(ROWS)]
    cells[ROWS // 2] = [TRUE] * width
    for k, value in enumerate(stored):
        # In eighths of a row; something of a bar is always there.
        eighths = max(1, round(value / unit * 8))
        for r in range(ROWS):
            if eighths > 8 * r:
                cells[r][step * k] = BARS[min(8, eighths - 8 * r)]
        top = (eighths - 1) // 8
        if k:
            r = min(ROWS - 1, int(batch[k - 1] / unit))
            # The tip of the bar is more telling: where they meet, they are alike.
            cells[r][step * k] = cells[r][step * k] if r == top else BATCH
        if top >= ROWS:
            cells[ROWS - 1][step * k] = BEYOND
    scale = {ROWS - 1: in_digits(2 * true), ROWS // 2: in_digits(true), 0: "0"}
    lines = [f"{scale.get(r, ''):>2}│{''.join(cells[r])}" for r in reversed(range(ROWS))]
    lines.append(f"  └{'─' * width}")
    numbers = [" "] * WIDTH
    for k in range(0, batches + 1, 5):
        numbers[3 + step * k : 3 + step * k + len(str(k))] = str(k)
    lines.append("".join(numbers).rstrip().ljust(columns))
    return Block(f"{name} █, batch {BATCH}, true {TRUE}", Text("\n".join(lines)))


RUNNING_STATISTICS = Kind(
    "running-statistics",
    "The running mean and variance of one feature, moved by each batch towards the true ones",
    (
        Setting("momentum", "weight of the new value", "0.1", number(0, 1)),
        Setting("batches", "how many come, one after the other", "30", whole(1, 30)),
        Setting("batch_size", "entries in each batch", "4", whole(1, 16)),
        Setting("seed", "which entries are drawn", "1", whole(0, 999999)),
    ),
    draw,
)
