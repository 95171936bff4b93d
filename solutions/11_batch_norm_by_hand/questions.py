"""The questions: the slides' batch, and batches with a γ and a β for each feature. Imports no torch."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random

SAMPLES, FEATURES = 4, 3

SLIDES: dict[str, Any] = {
    "batch": [[2, 2, 1], [4, 1, 0], [0, 4, 0], [3, 3, 4]],
    "gamma": [1, 1, 1],
    "beta": [0, 0, 0],
    "eps": 1e-5,
}


def variant(rng: random.Random) -> dict[str, Any]:
    """A batch of small whole numbers on which every known mistake shows."""
    columns: list[list[int]] = []
    gamma: list[float] = []
    beta: list[float] = []
    while len(columns) < FEATURES:
        column = [rng.randint(0, 6) for _ in range(SAMPLES)]
        scale, shift = rng.choice((0.5, 1.5, 2, 3)), rng.choice((-1, -0.5, 0.25, 0.5, 1))
        if _shows_every_mistake(column, scale, shift) and sorted(column) not in map(sorted, columns):
            columns.append(column)
            gamma.append(scale)
            beta.append(shift)
    batch = [list(row) for row in zip(*columns, strict=True)]
    return {"batch": batch, "gamma": gamma, "beta": beta, "eps": 1e-5}


def prompt(given: dict[str, Any]) -> str:
    """The question in words."""
    rows = "\n".join("    " + "  ".join(f"{x}" for x in row) for row in given["batch"])
    gamma, beta = (", ".join(f"{x:g}" for x in given[name]) for name in ("gamma", "beta"))
    return (
        "Batch norm in training mode; rows are samples, columns are features:\n"
        f"{rows}\n"
        f"γ = [{gamma}], β = [{beta}], ε = {given['eps']:.5f}.\n"
        "What are mean and variance of each feature, and the output?"
    )


def blanks(given: dict[str, Any]) -> list[Blank]:  # noqa: ARG001
    """Two rows of statistics and a table."""
    return [
        Blank("mean", "mean of each feature", (FEATURES,)),
        Blank("variance", "variance of each feature", (FEATURES,)),
        Blank("output", "output, a row per sample", (SAMPLES, FEATURES)),
    ]


def worked(given: dict[str, Any]) -> str:
    """One feature after the other, down its column: mean, variance, outputs; then the output as a table."""
    columns = list(zip(*given["batch"], strict=True))
    eps = given["eps"]
    features = [
        _worked_feature(number, column, gamma, beta, eps)
        for number, (column, gamma, beta) in enumerate(
            zip(columns, given["gamma"], given["beta"], strict=True), start=1
        )
    ]
    outputs = [
        _outputs(column, gamma, beta, eps)
        for column, gamma, beta in zip(columns, given["gamma"], given["beta"], strict=True)
    ]
    rows = [f"    [{', '.join(f'{y:z.4f}' for y in row)}]," for row in zip(*outputs, strict=True)]
    together = ["**The output**, a row per sample: the columns of y side by side", "", "```", "[", *rows, "]", "```"]
    return "\n\n".join([*features, "\n".join(together)])


def _worked_feature(number: int, column: tuple[int, ...], gamma: float, beta: float, eps: float) -> str:
    mean, variance = _statistics(column)
    root = sqrt(variance + eps)
    squares = [(x - mean) ** 2 for x in column]
    lines = [
        f"**Feature {number}**, the column {', '.join(map(str, column))}",
        "",
        f"- mean: ({' + '.join(map(str, column))}) / {SAMPLES} = {sum(column)} / {SAMPLES} = **{mean:g}**",
        f"- variance, the mean of the squares below: {sum(squares):g} / {SAMPLES} = **{variance:.6g}**",
        f"- root: √({variance:.6g} + {eps:.5f}) = {root:.4f}",
        f"- x̂ = (x − μ) / root, then y = {gamma:g} · x̂ {'−' if beta < 0 else '+'} {abs(beta):g}",
        "",
        "```",
        f"{'x':>4}{'x − μ':>10}{'(x − μ)²':>12}{'x̂':>11}{'y':>10}",
    ]
    for x, square, y in zip(column, squares, _outputs(column, gamma, beta, eps), strict=True):
        lines.append(f"{x:>4}{x - mean:>10g}{square:>12g}{(x - mean) / root:>z10.4f}{y:>z10.4f}".replace("-", "−"))
    return "\n".join([*lines, "```"])


def _statistics(column: tuple[int, ...]) -> tuple[float, float]:
    mean = sum(column) / SAMPLES
    return mean, sum((x - mean) ** 2 for x in column) / SAMPLES


def _outputs(column: tuple[int, ...], gamma: float, beta: float, eps: float) -> list[float]:
    mean, variance = _statistics(column)
    return [gamma * (x - mean) / sqrt(variance + eps) + beta for x in column]


def _shows_every_mistake(column: list[int], gamma: float, beta: float) -> bool:
    mean = sum(column) / SAMPLES
    variance = sum((x - mean) ** 2 for x in column) / SAMPLES
    deviation = sum(abs(x - mean) for x in column) / SAMPLES
    # σ and σ² alike, or a mean of 0, would hide a mistake; so would a constant feature.
    if mean == 0 or variance < 0.5 or abs(variance - 1) < 0.1 or abs(variance - deviation) < 0.1:
        return False
    # γ and β alike would hide that they are swapped; γ = σ, that one of the two scales is left out.
    if gamma == beta or abs(gamma / sqrt(variance) - 1) < 0.05:
        return False
    # Nobody is to fail for leaving ε out and rounding: it must not show in the third decimal.
    with_eps = [gamma * (x - mean) / sqrt(variance + 1e-5) + beta for x in column]
    without = [gamma * (x - mean) / sqrt(variance) + beta for x in column]
    return all(abs(round(a, 3) - b) < 0.0005 for a, b in zip(without, with_eps, strict=True))
