"""Batch norm on a table of samples and features, column by column: as in training, and with what is stored.

The same as exercises 11, 13 and 14, and as PyTorch's ``nn.BatchNorm1d``: the batch is normalised with its biased
variance, the unbiased one moves the running variance.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.pictures.grid import counted, grid, in_digits, signed, widest
from tutor.pictures.picture import Frame, Kind, Picture, PictureError, Setting, choice, number
from tutor.pictures.written import evenly, exactly, listed, mean_of, several

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tutor.pictures.grid import Cell, Number
    from tutor.pictures.picture import Block
    from tutor.pictures.written import Numbers

Table = tuple[tuple[Fraction, ...], ...]
"""Samples × features."""

MOST_SAMPLES, MOST_FEATURES = 8, 5

STATISTICS = ("mean μ ", "variance σ² ", "running mean ", "running var ", "γ ", "β ")
MEAN, VARIANCE, RUNNING_MEAN, RUNNING_VAR, GAMMA, BETA = range(6)
"""The rows of the table below the batch."""

ROOM = 35
"""Columns beside that table with three features, on 78."""

NORMALISED, OUTPUT = "x̂ = (x − μ) / √(σ² + ε)", "y = γ · x̂ + β "
# As wide as what they take the place of, also where the table below is narrower.
IN_TRAINING, AT_INFERENCE = f"{'y in train mode':<{cell_len(NORMALISED)}}", f"{'y at inference':<{cell_len(OUTPUT)}}"


def draw(
    batch: Table,
    mode: str,
    gamma: Numbers,
    beta: Numbers,
    eps: Fraction,
    momentum: Fraction,
    running_mean: Numbers,
    running_var: Numbers,
) -> Picture:
    """The picture for this batch, of shape (samples, features); the other numbers are one, or one for each feature.

    Raises:
        PictureError: a list fits the features no better, one sample is to be trained on, or something is divided by 0.
    """
    features = len(batch[0])
    if len(batch) == 1 and mode != "inference":
        raise PictureError(
            "a batch of one sample has no variance: PyTorch expects more than 1 value per channel when training",
            "Choose two samples or more, or the mode inference.",
        )
    each = [
        _for_each(name, numbers, features)
        for name, numbers in (
            ("gamma", gamma),
            ("beta", beta),
            ("running_mean", running_mean),
            ("running_var", running_var),
        )
    ]
    steps = _Steps(batch, *each, eps=eps, momentum=momentum, mode=mode)
    if mode != "inference":
        steps.train()
    if mode != "train":
        steps.infer()
    if mode == "both":
        steps.compare()
    what = {"both": "in training, then at inference", "train": "in training", "inference": "at inference"}[mode]
    return Picture(
        f"Batch norm: {counted(len(batch), 'sample')}, {counted(features, 'feature')}, {what}", steps.frames()
    )


class _Steps:
    """The tables as far as they are filled in, and what was shown so far."""

    def __init__(
        self,
        batch: Table,
        gamma: Numbers,
        beta: Numbers,
        running_mean: Numbers,
        running_var: Numbers,
        *,
        eps: Fraction,
        momentum: Fraction,
        mode: str,
    ) -> None:
        self.x = batch
        self.m, self.features = len(batch), len(batch[0])
        self.columns = [list(column) for column in zip(*batch, strict=True)]
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = running_mean, running_var
        self.means = [sum(column, Fraction()) / self.m for column in self.columns]
        self.squares = [
            [(x - mean) ** 2 for x in column] for column, mean in zip(self.columns, self.means, strict=True)
        ]
        self.variances = [sum(squares, Fraction()) / self.m for squares in self.squares]

        # Everything that will be shown is needed from the start: nothing is to get wider later.
        numbers: list[list[list[float]]] = []
        shown: list[Number] = [*gamma, *beta, *running_mean, *running_var]
        self.trained: list[list[float]] = []
        if mode != "inference":
            self.unbiased = [sum(squares, Fraction()) / (self.m - 1) for squares in self.squares]
            self.moved_mean = self._moved(running_mean, self.means)
            self.moved_var = self._moved(running_var, self.unbiased)
            shown += [*self.means, *self.variances, *self.moved_mean, *self.moved_var]
            numbers.append(self._normalised(self.means, self.variances))
            self.trained = self._scaled(numbers[-1])
            numbers.append(self.trained)
        if mode != "train":
            stored = (running_mean, running_var) if mode == "inference" else (self.moved_mean, self.moved_var)
            numbers.append(self._normalised(*stored))
            numbers.append(self._scaled(numbers[-1]))
        self.x_width = widest(self.x)
        self.width = max(widest([shown]), *(widest(table) for table in numbers))
        self.statistics: list[list[Number]] = [
            [None] * self.features,
            [None] * self.features,
            list(running_mean),
            list(running_var),
            list(gamma),
            list(beta),
        ]
        self.empty()
        self.shown: list[tuple[tuple[Block, ...], tuple[str, list[str]], str]] = []

    def empty(self) -> None:
        """Both tables of results are to be filled in anew."""
        self.normalised: list[list[Number]] = [[None] * self.features for _ in range(self.m)]
        self.output: list[list[Number]] = [[None] * self.features for _ in range(self.m)]

    def frames(self) -> tuple[Frame, ...]:
        """What was shown, with the calculations all of one size."""
        written = evenly([part for _, part, _ in self.shown])
        return tuple(
            Frame((*blocks, lines), says) for (blocks, _, says), lines in zip(self.shown, written, strict=True)
        )

    def train(self) -> None:
        """The batch normalised with its own statistics, and these kept account of."""
        self.show(
            "in train mode",
            ["Each column by itself:", "its mean and variance,", "then x̂, then y"],
            f"In train mode: a batch of {counted(self.m, 'sample')}, one in each row, with "
            f"{counted(self.features, 'feature')}, one in each column. Mean and variance are taken down each column. "
            "(What is rounded here is calculated with all its decimals.)",
        )
        for j, column in enumerate(self.columns):
            mean, variance = self.means[j], self.variances[j]
            whole = self._column(j)
            self.statistics[MEAN][j] = mean
            self.show(
                f"feature {j + 1}: the mean μ",
                [f"add up, divide by m = {self.m}", *mean_of("μ", column, mean, ROOM)],
                f"Feature {j + 1}, the mean of its column: {listed(column)} add up to {in_digits(sum(column))}, and "
                f"{in_digits(sum(column))} / {self.m} = {in_digits(mean)}.",
                x_under=whole,
                now=[(MEAN, j)],
            )
            self.statistics[VARIANCE][j] = variance
            first = column[0] - mean
            self.show(
                f"feature {j + 1}: the variance σ²",
                [
                    "the mean of (x − μ)²; the first is",
                    f"({in_digits(column[0])} − {signed(mean)})² = {signed(first)}² = {in_digits(first**2)}",
                    *mean_of("σ²", self.squares[j], variance, ROOM),
                ],
                f"Feature {j + 1}, the variance: the squared differences from the mean {in_digits(mean)} are "
                f"{listed(self.squares[j])}; their mean is {in_digits(sum(self.squares[j]))} / {self.m} = "
                f"{in_digits(variance)}, the biased variance.",
                x_under=whole,
                under=[(MEAN, j)],
                now=[(VARIANCE, j)],
            )
            self._entry(j, mean, variance, MEAN, VARIANCE)
        self._move()

    def infer(self) -> None:
        """The same batch with what is stored."""
        after = bool(self.trained)
        self.empty()
        self.statistics[:2] = [[None] * self.features, [None] * self.features]
        means, variances = self._stored()
        fresh = not any(means) and all(variance == 1 for variance in variances)
        self.show(
            "at inference (eval mode)",
            [
                "No mean or variance of this batch:",
                "the running ones are taken for",
                "μ and σ², and are not moved.",
                *(["(0 and 1: as PyTorch begins)"] if fresh else []),
            ],
            f"At inference, the {'same ' if after else ''}batch: nothing is taken from its columns. In place of μ and "
            f"σ² stand the running mean {listed(means)} and the running variance {listed(variances)}, and they stay as "
            f"they are.{' (0 and 1 are what PyTorch begins with.)' if fresh else ''}",
            under=[(row, j) for row in (RUNNING_MEAN, RUNNING_VAR) for j in range(self.features)],
        )
        for j in range(self.features):
            self._entry(j, means[j], variances[j], RUNNING_MEAN, RUNNING_VAR)
        if not after:
            self.show(
                "at inference",
                ["Each row is worked out by itself:", "alone it would give the same."],
                f"This is the output; the first sample gives {listed(self.output[0])}. It would give the same alone or "
                "in any other company, and the running statistics are what they were.",
            )

    def compare(self) -> None:
        """The two outputs side by side."""
        self.normalised = [list(row) for row in self.trained]
        self.statistics[:2] = [list(self.means), list(self.variances)]
        self.show(
            "what differs",
            [
                "train mode: μ, σ² of this batch;",
                "  a row's y depends on the others,",
                "  and the running ones move",
                "inference: the running ones;",
                "  rows by themselves, nothing moves",
            ],
            f"The first sample gives {listed(self.trained[0])} in train mode, where μ and σ² come from the batch and "
            f"other samples change it, and {listed(self.output[0])} at inference, where they are stored: there it "
            "would give the same alone. With every batch of training what is stored comes nearer to the data.",
            titles=(IN_TRAINING, AT_INFERENCE),
        )

    def show(
        self,
        title: str,
        lines: list[str],
        says: str,
        *,
        x_under: Collection[Cell] = (),
        normalised_under: Collection[Cell] = (),
        normalised_now: Collection[Cell] = (),
        output_now: Collection[Cell] = (),
        under: Collection[Cell] = (),
        now: Collection[Cell] = (),
        titles: tuple[str, str] = (NORMALISED, OUTPUT),
    ) -> None:
        """Another frame, with marks in the three tables and, without a word before it, in that of the statistics."""
        head = [str(j + 1) for j in range(self.features)]
        side = [f"sample {i + 1} " for i in range(self.m)]
        unused = [(row, j) for row in (RUNNING_MEAN, RUNNING_VAR) for j in range(self.features)]
        tables = (
            grid("x, by feature", self.x, under=x_under, width=self.x_width, head=head, side=side),
            grid(titles[0], self.normalised, under=normalised_under, now=normalised_now, width=self.width, head=head),
            grid(titles[1], self.output, now=output_now, width=self.width, head=head),
            grid(
                "by feature",
                self.statistics,
                under=under,
                now=now,
                faint=unused if self.statistics[MEAN][0] is not None else [],
                width=self.width,
                head=head,
                side=STATISTICS,
            ),
        )
        self.shown.append((tables, (title, lines), says))

    def _entry(self, j: int, mean: Fraction, variance: Fraction, mean_row: int, variance_row: int) -> None:
        """Column j normalised, and then scaled and shifted, with its first entry written out."""
        x, root = self.x[0][j], math.sqrt(variance + self.eps)
        normalised = self._normalised_column(j, mean, variance)
        for i, value in enumerate(normalised):
            self.normalised[i][j] = value
        first = normalised[0]
        self.show(
            f"feature {j + 1}: normalise",
            [
                f"the first entry, ε = {exactly(self.eps)}",
                f"√(σ² + ε) = √({in_digits(variance)} + {exactly(self.eps)})",
                f"= {in_digits(root)}",
                f"x̂ = ({in_digits(x)} − {signed(mean)}) / {in_digits(root)}",
                f"= {in_digits(x - mean)} / {in_digits(root)}",
                f"= {in_digits(first)}",
            ],
            f"Feature {j + 1} is normalised with the "
            f"{'running ' if mean_row == RUNNING_MEAN else ''}mean {in_digits(mean)} and the root of the "
            f"{'running ' if mean_row == RUNNING_MEAN else ''}variance plus ε, √({in_digits(variance)} + "
            f"{exactly(self.eps)}) = {in_digits(root)}. First entry: ({in_digits(x)} − {signed(mean)}) / "
            f"{in_digits(root)} = {in_digits(first)}; the column becomes {listed(normalised)}.",
            x_under=self._column(j),
            under=[(mean_row, j), (variance_row, j)],
            normalised_now=self._column(j),
        )
        gamma, beta = self.gamma[j], self.beta[j]
        output = [float(gamma) * value + float(beta) for value in normalised]
        for i, value in enumerate(output):
            self.output[i][j] = value
        self.show(
            f"feature {j + 1}: scale and shift",
            [
                f"the first entry, γ = {in_digits(gamma)}, β = {in_digits(beta)}",
                f"y = {in_digits(gamma)} · {signed(first)} + {signed(beta)}",
                f"= {in_digits(output[0])}",
            ],
            f"Feature {j + 1} is scaled by γ = {in_digits(gamma)} and shifted by β = {in_digits(beta)}. First entry: "
            f"{in_digits(gamma)} · {signed(first)} + {signed(beta)} = {in_digits(output[0])}; the column becomes "
            f"{listed(output)}.",
            normalised_under=self._column(j),
            under=[(GAMMA, j), (BETA, j)],
            output_now=self._column(j),
        )

    def _move(self) -> None:
        """The running statistics move towards those of the batch."""
        old_mean, old_var = self.running_mean[0], self.running_var[0]
        self.statistics[RUNNING_MEAN], self.statistics[RUNNING_VAR] = list(self.moved_mean), list(self.moved_var)
        new, kept = exactly(self.momentum), exactly(1 - self.momentum)
        unbiased = f"{in_digits(sum(self.squares[0]))} / {self.m - 1} = {in_digits(self.unbiased[0])}"
        mean = f"{kept}·{signed(old_mean)} + {new}·{signed(self.means[0])}"
        variance = f"{kept}·{signed(old_var)} + {new}·{in_digits(self.unbiased[0])}"
        self.show(
            "what is stored",
            [
                f"feature 1, momentum {new}",
                f"running mean: {mean}",
                f"= {in_digits(self.moved_mean[0])}",
                f"unbiased σ²: {unbiased}",
                f"running var: {variance}",
                f"= {in_digits(self.moved_var[0])}",
            ],
            f"Train mode also moves what is stored, by the momentum {new}. Feature 1: running mean {mean} = "
            f"{in_digits(self.moved_mean[0])}; unbiased variance {unbiased}, running variance {variance} = "
            f"{in_digits(self.moved_var[0])}. All features: {listed(self.moved_mean)}, and {listed(self.moved_var)}.",
            under=[(MEAN, j) for j in range(self.features)],
            now=[(row, j) for row in (RUNNING_MEAN, RUNNING_VAR) for j in range(self.features)],
        )

    def _stored(self) -> tuple[Sequence[Fraction], Sequence[Fraction]]:
        return (self.moved_mean, self.moved_var) if self.trained else (self.running_mean, self.running_var)

    def _column(self, j: int) -> list[Cell]:
        return [(i, j) for i in range(self.m)]

    def _moved(self, old: Sequence[Fraction], new: Sequence[Fraction]) -> list[Fraction]:
        return [(1 - self.momentum) * a + self.momentum * b for a, b in zip(old, new, strict=True)]

    def _normalised(self, means: Sequence[Fraction], variances: Sequence[Fraction]) -> list[list[float]]:
        columns = [self._normalised_column(j, *each) for j, each in enumerate(zip(means, variances, strict=True))]
        return [list(row) for row in zip(*columns, strict=True)]

    def _normalised_column(self, j: int, mean: Fraction, variance: Fraction) -> list[float]:
        root = math.sqrt(variance + self.eps)
        if root == 0:
            raise PictureError(
                f"feature {j + 1} has the variance 0, and with ε = 0 nothing can be divided by its root",
                "Choose eps 1e-5: it stands under the root for that very case.",
            )
        return [float(x - mean) / root for x in self.columns[j]]

    def _scaled(self, normalised: Sequence[Sequence[float]]) -> list[list[float]]:
        return [
            [float(gamma) * x + float(beta) for x, gamma, beta in zip(row, self.gamma, self.beta, strict=True)]
            for row in normalised
        ]


def rows(text: str) -> Table:
    """Reads a batch: the samples' numbers, with a semicolon after each sample, ``2 2 1; 4 1 0``.

    Raises:
        ValueError: with what would be right.
    """
    read = several(1, MOST_FEATURES, -255, 255)
    try:
        table = tuple(read(row) for row in re.split(r"[;\n]|\]\s*,?\s*\[", text.strip().rstrip(";")))
    except ValueError:
        table = ()
    if not 1 <= len(table) <= MOST_SAMPLES or len({len(row) for row in table}) > 1:
        raise ValueError(
            f"1 to {MOST_SAMPLES} samples with a semicolon between them, each of as many numbers, "
            f"1 to {MOST_FEATURES}, from −255 to 255 with three decimals at most"
        )
    return table


def _for_each(name: str, numbers: Numbers, features: int) -> Numbers:
    """One number for each feature."""
    if len(numbers) not in (1, features):
        raise PictureError(
            f"{name} has {len(numbers)} numbers, and the batch {counted(features, 'feature')}",
            f"Choose one number for all features{f', or {features}' if features > 1 else ''}.",
        )
    return numbers if len(numbers) == features else numbers * features


def _one_each(low: int, high: int) -> Callable[[str], Numbers]:
    return several(1, MOST_FEATURES, low, high)


BATCH_NORM = Kind(
    "batch-norm",
    "A batch as a table: each column is normalised, scaled and shifted; in training, and at inference",
    (
        Setting("batch", "samples, a semicolon after each", "2 2 1; 4 1 0; 0 4 0; 3 3 4", rows),
        Setting("mode", "train, inference, or both after one another", "both", choice("both", "train", "inference")),
        Setting("gamma", "scales; one number, or one for each feature", "1", _one_each(-20, 20)),
        Setting("beta", "shifts; one number, or one for each feature", "0", _one_each(-20, 20)),
        Setting("eps", "ε, stands under the root", "1e-5", number(0, 1)),
        Setting("momentum", "weight of the new in what is stored", "0.1", number(0, 1)),
        Setting("running_mean", "stored before; one, or one for each feature", "0", _one_each(-255, 255)),
        Setting("running_var", "stored before; one, or one for each feature", "1", _one_each(0, 9999)),
    ),
    draw,
)
