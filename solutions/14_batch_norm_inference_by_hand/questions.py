"""The questions: the slides' sample, and samples that arrive in a batch with stored statistics. Imports no torch."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Answers = dict[str, list[float]]
"""Both rows of numbers that are asked, by the blank's suffix."""

FEATURES = 3

SLIDES: dict[str, Any] = {
    "sample": [2, 2, 1],
    "others": [],
    "mean": [2.25, 2.5, 1.25],
    "variance": [2.1875, 1.25, 2.6875],
    "gamma": [0.5, 0.5, 0.5],
    "beta": [0.05, 0.05, 0.05],
    "eps": 1e-5,
    "momentum": 0.1,
    "samples": 4,
}
"""``sample`` is asked, ``others`` arrive with it; ``samples`` is how many a batch in training had."""

CLEARLY = 0.006
"""How far apart two numbers are at least that tell two mistakes apart: more than ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""

SHOWS = 1e-4
"""An ε above this shows in ``last_variant``; one below never shows in the third decimal."""


def variant(rng: random.Random) -> dict[str, Any]:
    """PyTorch's usual ε, and roots that come out nicely: leaving ε out costs nothing."""
    while True:
        roots = rng.sample((0.5, 0.8, 1.2, 1.5, 2, 2.5, 3, 4), FEATURES)
        given = {
            "mean": [rng.randint(2, 14) / 2 for _ in range(FEATURES)],
            "variance": [round(root**2, 2) for root in roots],
            "eps": 1e-5,
            **_learned(rng),
        }
        batch = [[rng.randint(0, 9) for _ in range(FEATURES)] for _ in range(3)]
        given |= {"sample": batch[0], "others": batch[1:]}
        if _is_usual(given) and _tells_mistakes_apart(given) and _needs_no_eps(given):
            return given


def last_variant(rng: random.Random) -> dict[str, Any]:
    """Features that hardly vary, and an ε of 0.001: the root of their sum comes out nicely, and ε shows."""
    while True:
        roots = rng.sample((0.04, 0.05, 0.06, 0.08, 0.1), FEATURES)
        means = [rng.randint(20, 90) / 100 for _ in range(FEATURES)]
        given = {
            "mean": means,
            "variance": [round(root**2 - 0.001, 4) for root in roots],
            "eps": 0.001,
            **_learned(rng),
        }
        batch = [[round(mean + rng.randint(-15, 15) / 100, 2) for mean in means] for _ in range(3)]
        given |= {"sample": batch[0], "others": batch[1:]}
        if _is_usual(given) and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words; numbers as Python writes them."""
    arriving = [given["sample"], *given["others"]]
    labels = [f"sample {number}" for number in range(1, len(arriving) + 1)] if given["others"] else ["x"]
    head = [("mean", given["mean"]), ("variance", given["variance"]), ("γ", given["gamma"]), ("β", given["beta"])]
    tail = list(zip(labels, arriving, strict=True))
    width = max(len(f"{number:g}") for _, row in (*head, *tail) for number in row)

    def table(rows: list[tuple[str, list[float]]]) -> list[str]:
        return [f"    {label:<9}{''.join(f'{number:>{width + 2}g}' for number in row)}" for label, row in rows]

    arrive = "Three samples arrive" if given["others"] else "One sample arrives"
    of = " of sample 1" if given["others"] else ""
    return "\n".join(
        (
            "Batch norm in eval mode; columns are features. Stored and learned",
            f"in training, on batches of {given['samples']} samples:",
            *table(head),
            f"ε = {_plainly(given['eps'])}, momentum {given['momentum']:g}. {arrive}:",
            *table(tail),
            f"What are x̂ and the output y{of}?",
        )
    )


def blanks(given: dict[str, Any]) -> list[Blank]:  # noqa: ARG001
    """Two numbers for each feature."""
    return [
        Blank("normalised", "x̂ of each feature", (FEATURES,)),
        Blank("output", "output y of each feature", (FEATURES,)),
    ]


def worked(given: dict[str, Any]) -> str:
    """One feature after the other: the root, x̂, y; then both rows."""
    right = _answers(given, _roots(given))
    stored = "Mean and variance are the stored ones, just as they stand."
    if given["others"]:
        stored += "\nSamples 2 and 3 do not matter, nor do momentum and the size of the batches."
    parts = [stored, "Numbers are shown with four decimals, but carried unrounded."]
    for number in range(FEATURES):
        x, mean, variance, gamma, beta = (
            given[name][number] for name in ("sample", "mean", "variance", "gamma", "beta")
        )
        root, hat, y = _roots(given)[number], right["normalised"][number], right["output"][number]
        difference = round(x - mean, 6)
        sign = "−" if beta < 0 else "+"
        parts.append(
            "\n".join(
                (
                    f"**Feature {number + 1}**",
                    "",
                    f"- root: √({variance:g} + {_plainly(given['eps'])}) = {_digits(root)}",
                    f"- x̂: ({x:g} − {_bracketed(mean)}) / {_digits(root)} = {_signed(difference)} / {_digits(root)}"
                    f" = **{_digits(hat)}**",
                    f"- y: {_signed(gamma)} · {_bracketed_digits(hat)} {sign} {abs(beta):g} = **{_digits(y)}**",
                )
            )
        )
    for name, label in (("normalised", "x̂"), ("output", "y")):
        parts.append(f"{label}: **[{', '.join(f'{number:z.4f}' for number in right[name])}]**")
    return "\n\n".join(parts)


def mistakes(given: dict[str, Any]) -> dict[str, Answers]:
    """What each known mistake answers, by the misconception's id."""
    x, mean, variance, eps = (given[name] for name in ("sample", "mean", "variance", "eps"))
    roots = _roots(given)
    right = _answers(given, roots)
    own_mean, own_variance = _own_statistics(given)
    across = _mean(x)

    def divisors(function: Callable[[float], float]) -> Answers:
        """Another divisor than the root of stored variance + ε."""
        return _answers(given, [function(var) for var in variance])

    def updated(share: float) -> Answers:
        """The stored statistics moved towards those of the samples that arrive; one sample has no variance."""
        if not given["others"]:
            return right
        arriving = 1 + len(given["others"])
        unbiased = [arriving / (arriving - 1) * var for var in own_variance]
        moved = [old + share * (new - old) for old, new in zip(mean, own_mean, strict=True)]
        spread = [old + share * (new - old) for old, new in zip(variance, unbiased, strict=True)]
        return _answers({**given, "mean": moved}, [sqrt(var + eps) for var in spread])

    def hats(function: Callable[[float, float, float], float]) -> Answers:
        """Another x̂, made of entry, mean and root, and the output that follows from it."""
        return _scaled(given, [function(*numbers) for numbers in zip(x, mean, roots, strict=True)])

    def outputs(function: Callable[[float, float, float], float]) -> Answers:
        """The right x̂, and another output made of x̂, γ and β."""
        triples = zip(right["normalised"], given["gamma"], given["beta"], strict=True)
        return {**right, "output": [function(*numbers) for numbers in triples]}

    layer_norm = {**given, "mean": [across] * FEATURES}
    m = given["samples"]
    return {
        "normalised-per-sample": _answers(
            layer_norm, [sqrt(_mean([(entry - across) ** 2 for entry in x]) + eps)] * FEATURES
        ),
        "batch-statistics": _answers({**given, "mean": own_mean}, [sqrt(var + eps) for var in own_variance]),
        "batch-statistics-unbiased": updated(1),
        "statistics-updated": updated(given["momentum"]),
        "updated-towards-new": updated(1 - given["momentum"]),
        "variance-made-unbiased": divisors(lambda var: sqrt(m / (m - 1) * var + eps)),
        "variance-made-biased": divisors(lambda var: sqrt((m - 1) / m * var + eps)),
        "divided-by-variance": divisors(lambda var: var + eps),
        "root-taken-twice": divisors(lambda var: sqrt(sqrt(var + eps))),
        "power-before-division": divisors(lambda var: (var + eps) / 2),
        "power-before-division-in-line": divisors(lambda var: 2 * (var + eps)),
        "eps-after-root": divisors(lambda var: sqrt(var) + eps),
        "eps-left-out": divisors(sqrt),
        "eps-of-the-others": divisors(lambda var: sqrt(var + SLIDES["eps"])),
        "mean-not-subtracted": hats(lambda entry, _, root: entry / root),
        "brackets-forgotten": hats(lambda entry, mu, root: entry - mu / root),
        "sign-flipped": hats(lambda entry, mu, root: (mu - entry) / root),
        "minus-lost": hats(lambda entry, mu, root: abs(entry - mu) / root),
        "not-divided": hats(lambda entry, mu, _: entry - mu),
        "squares-divided": hats(lambda entry, mu, root: (entry - mu) ** 2 / root),
        "gamma-beta-ignored": outputs(lambda hat, _, __: hat),
        "gamma-ignored": outputs(lambda hat, _, b: hat + b),
        "beta-ignored": outputs(lambda hat, g, _: g * hat),
        "gamma-beta-swapped": outputs(lambda hat, g, b: b * hat + g),
        "beta-before-gamma": outputs(lambda hat, g, b: g * (hat + b)),
        "beta-subtracted": outputs(lambda hat, g, b: g * hat - b),
        "scaled-in-normalised": {**right, "normalised": right["output"]},
        "blanks-swapped": {"normalised": right["output"], "output": right["normalised"]},
        "rounded-to-one-decimal": {name: [round(number, 1) for number in row] for name, row in right.items()},
    }


NEEDS_EPS = ("eps-after-root", "eps-left-out", "eps-of-the-others")


def _learned(rng: random.Random) -> dict[str, Any]:
    """What all variants draw alike."""
    return {
        "gamma": rng.sample((-1, 0.5, 1.5, 2, 3), FEATURES),
        "beta": rng.sample((-2, -1, -0.5, 0.25, 0.5, 1), FEATURES),
        "momentum": 0.1,
        "samples": rng.choice((4, 5, 8)),
    }


def _roots(given: dict[str, Any]) -> list[float]:
    return [sqrt(var + given["eps"]) for var in given["variance"]]


def _answers(given: dict[str, Any], divisors: list[float]) -> Answers:
    """Each entry less its mean, over its divisor; then scaled and shifted."""
    triples = zip(given["sample"], given["mean"], divisors, strict=True)
    return _scaled(given, [(entry - mu) / divisor for entry, mu, divisor in triples])


def _scaled(given: dict[str, Any], hats: list[float]) -> Answers:
    triples = zip(hats, given["gamma"], given["beta"], strict=True)
    return {"normalised": hats, "output": [g * hat + b for hat, g, b in triples]}


def _own_statistics(given: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Mean and biased variance, by feature, of the samples that arrive."""
    columns = [list(column) for column in zip(given["sample"], *given["others"], strict=True)]
    means = [_mean(column) for column in columns]
    return means, [_mean([(x - mu) ** 2 for x in column]) for column, mu in zip(columns, means, strict=True)]


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _is_usual(given: dict[str, Any]) -> bool:
    """Whether the sample lies where samples mostly do, within three standard deviations."""
    return all(abs(hat) <= 3 for hat in _answers(given, _roots(given))["normalised"])


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake that can show spoils enough numbers, and no two of them give the same."""
    right, found = _answers(given, _roots(given)), mistakes(given)
    showing = [answers for name, answers in found.items() if given["eps"] > SHOWS or name not in NEEDS_EPS]
    return all(_differences(answers, right) >= EVIDENCE for answers in showing) and all(
        _differences(one, other) for one, other in combinations(showing, 2)
    )


def _differences(one: Answers, other: Answers) -> int:
    return sum(abs(a - b) > CLEARLY for name in one for a, b in zip(one[name], other[name], strict=True))


def _needs_no_eps(given: dict[str, Any]) -> bool:
    """Whether a number without ε, rounded to three decimals either way, is within the tolerance."""
    right, without = _answers(given, _roots(given)), _answers(given, [sqrt(var) for var in given["variance"]])
    for name, row in right.items():
        for exact, number in zip(row, without[name], strict=True):
            from_half = abs(number * 1000 % 1 - 0.5) / 1000
            if from_half < abs(number - exact) + 1e-7:
                return False
    return True


def _plainly(eps: float) -> str:
    return f"{eps:.5f}".rstrip("0")


def _digits(number: float) -> str:
    return f"{number:z.4f}".replace("-", "−")


def _signed(number: float) -> str:
    return f"{number:g}".replace("-", "−")


def _bracketed(number: float) -> str:
    return f"({_signed(number)})" if number < 0 else f"{number:g}"


def _bracketed_digits(number: float) -> str:
    return f"({_digits(number)})" if _digits(number).startswith("−") else _digits(number)
