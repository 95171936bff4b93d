"""The questions: the slides' batch, and batches with a γ and a β for each feature. Imports no torch."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SAMPLES, FEATURES = 4, 3

Answers = dict[str, list[float]]
"""All numbers that are asked, by the blank's suffix; the output's rows one after the other."""

SLIDES: dict[str, Any] = {
    "batch": [[2, 2, 1], [4, 1, 0], [0, 4, 0], [3, 3, 4]],
    "gamma": [1, 1, 1],
    "beta": [0, 0, 0],
    "eps": 1e-5,
}

CLEARLY = 0.006
"""How far apart two numbers are at least that tell two mistakes apart: more than ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""


def variant(rng: random.Random) -> dict[str, Any]:
    """A batch of small whole numbers on which every known mistake shows."""
    while True:
        given = {
            "batch": [[rng.randint(0, 6) for _ in range(FEATURES)] for _ in range(SAMPLES)],
            "gamma": rng.sample((0.5, 1.5, 2, 3), FEATURES),
            "beta": rng.sample((-1, -0.5, 0.25, 0.5, 1), FEATURES),
            "eps": 1e-5,
        }
        if _varies(given) and _needs_no_eps(given) and _tells_mistakes_apart(given):
            return given


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


def _statistics(numbers: tuple[int, ...]) -> tuple[float, float]:
    """Mean and biased variance."""
    mean = sum(numbers) / len(numbers)
    return mean, sum((x - mean) ** 2 for x in numbers) / len(numbers)


def _outputs(column: tuple[int, ...], gamma: float, beta: float, eps: float) -> list[float]:
    mean, variance = _statistics(column)
    return [gamma * (x - mean) / sqrt(variance + eps) + beta for x in column]


def mistakes(given: dict[str, Any]) -> dict[str, Answers]:
    """What each known mistake answers, by the misconception's id."""
    columns = list(zip(*given["batch"], strict=True))
    means, variances = _all_statistics(given)
    right = _answers(given, means, variances)
    unbiased = [SAMPLES / (SAMPLES - 1) * var for var in variances]
    with_unbiased = _answers(given, means, unbiased)
    middle, overall = _statistics(tuple(x for row in given["batch"] for x in row))

    def spread(measure: Callable[[float, float], float], root: Callable[[float], float] = float) -> Answers:
        """Another variance, the mean of a measure of entry and mean, and the output that follows from it."""
        others = [root(_mean([measure(x, mu) for x in column])) for column, mu in zip(columns, means, strict=True)]
        return _answers(given, means, others)

    def hats(hat: Callable[[float, float, float], float]) -> Answers:
        """Right statistics, and another x̂, made of entry, mean and root."""
        return _answers(given, means, variances, hat=hat)

    def outputs(output: Callable[[float, float, float], float]) -> Answers:
        """The right x̂, and another output made of x̂, γ and β."""
        return _answers(given, means, variances, output=output)

    by_row: list[float] = []
    for row in given["batch"]:
        mu, var = _statistics(tuple(row))
        alone = {**given, "batch": [row]}
        by_row += _answers(alone, [mu] * FEATURES, [var] * FEATURES)["output"]
    # Dividing by the range, and shifting by the smallest, is x̂ with other statistics, but for ε.
    lows, ranges = [min(column) for column in columns], [max(column) - min(column) for column in columns]
    by_range, min_max = (
        _answers({**given, "eps": 0}, shifts, [one**2 for one in ranges])["output"] for shifts in (means, lows)
    )
    return {
        "unbiased-variance": with_unbiased,
        "unbiased-in-variance": {**right, "variance": unbiased},
        "unbiased-in-output": {**with_unbiased, "variance": variances},
        "std-as-variance": {**right, "variance": [sqrt(var) for var in variances]},
        "root-taken-twice": spread(lambda x, mu: (x - mu) ** 2, sqrt),
        "variance-not-divided": spread(lambda x, mu: SAMPLES * (x - mu) ** 2),
        "mean-of-squares": spread(lambda x, _: x**2),
        "absolute-deviation": spread(lambda x, mu: abs(x - mu)),
        "statistics-over-everything": _answers(given, [middle] * FEATURES, [overall] * FEATURES),
        "normalised-per-sample": {**right, "output": by_row},
        "divided-by-variance": hats(lambda x, mu, root: (x - mu) / root**2),
        "power-before-division": hats(lambda x, mu, root: (x - mu) / (root**2 / 2)),
        "power-before-division-in-line": hats(lambda x, mu, root: (x - mu) / root**2 / 2),
        "divided-by-range": {**right, "output": by_range},
        "not-divided": hats(lambda x, mu, _: x - mu),
        "squares-in-output": hats(lambda x, mu, root: (x - mu) ** 2 / root),
        "min-max-scaled": {**right, "output": min_max},
        "mean-not-subtracted": hats(lambda x, _, root: x / root),
        "brackets-forgotten": hats(lambda x, mu, root: x - mu / root),
        "sign-flipped": hats(lambda x, mu, root: (mu - x) / root),
        "minus-lost": hats(lambda x, mu, root: abs(x - mu) / root),
        "gamma-beta-ignored": outputs(lambda hat, _, __: hat),
        "gamma-ignored": outputs(lambda hat, _, beta: hat + beta),
        "beta-ignored": outputs(lambda hat, gamma, _: gamma * hat),
        "gamma-beta-swapped": outputs(lambda hat, gamma, beta: beta * hat + gamma),
        "beta-before-gamma": outputs(lambda hat, gamma, beta: gamma * (hat + beta)),
        "beta-subtracted": outputs(lambda hat, gamma, beta: gamma * hat - beta),
        "rounded-to-one-decimal": {name: [round(number, 1) for number in row] for name, row in right.items()},
    }


def _answers(
    given: dict[str, Any],
    means: list[float],
    variances: list[float],
    hat: Callable[[float, float, float], float] = lambda x, mu, root: (x - mu) / root,
    output: Callable[[float, float, float], float] = lambda hat, gamma, beta: gamma * hat + beta,
) -> Answers:
    """All numbers of a question; by default the output is what batch norm makes of these statistics."""
    roots = [sqrt(var + given["eps"]) for var in variances]
    rows = (zip(row, means, roots, given["gamma"], given["beta"], strict=True) for row in given["batch"])
    outputs = [output(hat(x, mu, root), gamma, beta) for row in rows for x, mu, root, gamma, beta in row]
    return {"mean": means, "variance": variances, "output": outputs}


def _all_statistics(given: dict[str, Any]) -> tuple[list[float], list[float]]:
    """The means, and the variances, of all features."""
    pairs = [_statistics(column) for column in zip(*given["batch"], strict=True)]
    return [mean for mean, _ in pairs], [variance for _, variance in pairs]


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _varies(given: dict[str, Any]) -> bool:
    """Whether each feature has a mean and a spread, and no two features hold the same numbers."""
    columns = [sorted(column) for column in zip(*given["batch"], strict=True)]
    means, variances = _all_statistics(given)
    return min(means) > 0 and min(variances) >= 0.5 and all(one != other for one, other in combinations(columns, 2))


def _needs_no_eps(given: dict[str, Any]) -> bool:
    """Whether an output without ε, rounded to three decimals either way, is within the tolerance."""
    statistics = _all_statistics(given)
    exact, without = (_answers({**given, "eps": eps}, *statistics)["output"] for eps in (given["eps"], 0))
    return all(
        abs(number * 1000 % 1 - 0.5) / 1000 > abs(number - one) + 1e-7
        for number, one in zip(without, exact, strict=True)
    )


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake spoils enough numbers, and no two of them give the same."""
    right, found = _answers(given, *_all_statistics(given)), mistakes(given)
    return all(_differences(answers, right) >= EVIDENCE for answers in found.values()) and all(
        _differences(one, other) for one, other in combinations(found.values(), 2)
    )


def _differences(one: Answers, other: Answers) -> int:
    return sum(abs(a - b) > CLEARLY for name in one for a, b in zip(one[name], other[name], strict=True))
