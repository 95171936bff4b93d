"""The questions: the slides' vector, and others on which every known mistake shows. Imports no torch."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Answers = dict[str, list[float]]
"""All numbers that are asked, by the blank's suffix; a single number is a list of one."""

SLIDES: dict[str, Any] = {"x": [1, 1, 2, 4]}

CLEARLY = 0.006
"""How far apart two numbers are at least that tell two mistakes apart: more than ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""

ONLY_NAMES = {"variance-holds-std": 1, "std-holds-variance": 1, "names-swapped": 2}
"""Mistakes that spoil only one or two numbers in a question, by their nature; all three questions make it three."""


def variant(rng: random.Random) -> dict[str, Any]:
    """Five numbers whose mean is whole."""
    while True:
        given = {"x": [rng.randint(0, 12) for _ in range(5)]}
        if sum(given["x"]) % 5 == 0 and _tells_mistakes_apart(given):
            return given


def last_variant(rng: random.Random) -> dict[str, Any]:
    """Six numbers, some of them negative; the mean is whole or ends in .5."""
    while True:
        given = {"x": [rng.randint(-6, 8) for _ in range(6)]}
        if min(given["x"]) < 0 and sum(given["x"]) % 3 == 0 and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words; the vector can be pasted into Python."""
    return (
        f"x = {given['x']}\n"
        "What are the mean μ, the variance σ² (biased), the standard\n"
        f"deviation σ, and the {len(given['x'])} standardised values?"
    )


def blanks(given: dict[str, Any]) -> list[Blank]:
    """Three numbers, and one for each entry."""
    return [
        Blank("mean", "mean μ", ()),
        Blank("variance", "variance σ², before the root", ()),
        Blank("std", "standard deviation σ, the root", ()),
        Blank("standardised", "standardised values", (len(given["x"]),)),
    ]


def worked(given: dict[str, Any]) -> str:
    """The mean, the table of differences and squares, the variance and its root, the values."""
    x = given["x"]
    m, mean = len(x), _mean(x)
    squares = [(entry - mean) ** 2 for entry in x]
    variance = _mean(squares)
    std = sqrt(variance)
    values = [(entry - mean) / std for entry in x]
    table = ["```", f"{'x':>6}{'x − μ':>10}{'(x − μ)²':>12}{'(x − μ) / σ':>15}"]
    for entry, square, value in zip(x, squares, values, strict=True):
        row = f"{entry:>6}{entry - mean:>10g}{square:>12g}{value:>z15.4f}"
        table.append(row.replace("-", "−"))
    return "\n\n".join(
        (
            f"**Mean**: ({' + '.join(map(_bracketed, x))}) / {m}\n= {_signed(sum(x))} / {m} = **{_signed(mean)}**",
            "Subtract it from each entry, and square the difference:",
            "\n".join((*table, "```")),
            f"**Variance**, the mean of the squares: {sum(squares):g} / {m} = **{_shortly(variance)}**",
            f"**Standard deviation**, its root: √{_shortly(variance)} = **{std:.4f}**",
            f"**Standardised**, each difference divided by σ: the last column,\n"
            f"**[{', '.join(f'{value:z.4f}' for value in values)}]**",
        )
    )


def mistakes(given: dict[str, Any]) -> dict[str, Answers]:
    """What each known mistake answers, by the misconception's id."""
    x: list[float] = given["x"]
    m, mean = len(x), _mean(x)
    variance = _mean([(entry - mean) ** 2 for entry in x])
    std, unbiased = sqrt(variance), variance * m / (m - 1)
    deviation = _mean([abs(entry - mean) for entry in x])
    of_squares = _mean([entry**2 for entry in x])
    low, high = min(x), max(x)
    right = _answers(x, mean, variance, std)

    def spread(variance: float, std: float) -> Answers:
        """Another variance and standard deviation, by which the values are divided."""
        return _answers(x, mean, variance, std)

    def values(function: Callable[[float], float]) -> Answers:
        """Right statistics, and other values made of them."""
        return {**right, "standardised": [function(entry) for entry in x]}

    median = (sorted(x)[(m - 1) // 2] + sorted(x)[m // 2]) / 2
    about_median = _mean([(entry - median) ** 2 for entry in x])
    return {
        "unbiased-variance": spread(unbiased, sqrt(unbiased)),
        "unbiased-std": spread(variance, sqrt(unbiased)),
        "unbiased-in-values": values(lambda entry: (entry - mean) / sqrt(unbiased)),
        "variance-not-divided": spread(m * variance, sqrt(m * variance)),
        "variance-holds-std": {**right, "variance": [std]},
        "std-holds-variance": {**right, "std": [variance]},
        "names-swapped": {**right, "variance": [std], "std": [variance]},
        "names-swapped-in-division": spread(std, variance),
        "root-forgotten": spread(variance, variance),
        "root-taken-twice": spread(std, sqrt(std)),
        "power-before-division": spread(variance, variance / 2),
        "power-before-division-in-line": {
            **spread(variance, variance / 2),
            "standardised": [(entry - mean) / variance / 2 for entry in x],
        },
        "divided-by-variance": values(lambda entry: (entry - mean) / variance),
        "mean-not-subtracted": values(lambda entry: entry / std),
        "brackets-forgotten": values(lambda entry: entry - mean / std),
        "sign-flipped": values(lambda entry: (mean - entry) / std),
        "minus-lost": values(lambda entry: abs(entry - mean) / std),
        "not-divided": values(lambda entry: entry - mean),
        "squares-divided": values(lambda entry: (entry - mean) ** 2 / std),
        "absolute-deviation": spread(deviation, sqrt(deviation)),
        "deviation-as-std": spread(variance, deviation),
        "mean-of-squares": spread(of_squares, sqrt(of_squares)),
        "mean-not-squared": spread(of_squares - mean, sqrt(of_squares - mean)),
        "median-as-mean": _answers(x, median, about_median, sqrt(about_median)),
        "min-max-scaled": values(lambda entry: (entry - low) / (high - low)),
        "divided-by-range": values(lambda entry: (entry - mean) / (high - low)),
        "divided-by-mean": values(lambda entry: entry / mean),
        "rounded-to-one-decimal": {name: [round(number, 1) for number in row] for name, row in right.items()},
    }


def _answers(x: list[float], mean: float, variance: float, std: float) -> Answers:
    return {
        "mean": [mean],
        "variance": [variance],
        "std": [std],
        "standardised": [(entry - mean) / std for entry in x],
    }


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake spoils enough numbers, and no two of them give the same."""
    x = given["x"]
    mean = _mean(x)
    # Without a mean or a spread some mistakes would have nothing to divide by.
    if mean == 0 or min(x) == max(x) or _mean([entry**2 for entry in x]) <= mean:
        return False
    variance = _mean([(entry - mean) ** 2 for entry in x])
    right, found = _answers(x, mean, variance, sqrt(variance)), mistakes(given)
    return all(
        _differences(answers, right) >= ONLY_NAMES.get(name, EVIDENCE) for name, answers in found.items()
    ) and all(_differences(one, other) for one, other in combinations(found.values(), 2))


def _differences(one: Answers, other: Answers) -> int:
    return sum(abs(a - b) > CLEARLY for name in one for a, b in zip(one[name], other[name], strict=True))


def _shortly(number: float) -> str:
    """A variance, which is a multiple of 1/36 at worst, in four decimals where it has more."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def _signed(number: float) -> str:
    return f"{number:g}".replace("-", "−")


def _bracketed(number: float) -> str:
    return f"({_signed(number)})" if number < 0 else f"{number:g}"
