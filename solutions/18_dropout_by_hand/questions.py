"""The questions: a batch, p, and the mask that was drawn. Imports no torch."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SAMPLES, FEATURES = 2, 4

Answers = dict[str, list[float]]
"""The three tables that are asked, by the blank's suffix; rows one after the other."""

SLIDES: dict[str, Any] = {"x": [[2, -1, 4, 3], [1, 6, -2, 5]], "mask": [[1, 0, 1, 1], [0, 1, 0, 1]], "p": 0.2}
"""The slides have no numbers for dropout: these are the lesson's. With p = 0.5 many mistakes would look alike."""

CLEARLY = 0.006
"""How far apart two numbers are at least that tell two mistakes apart: more than ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""


def variant(rng: random.Random) -> dict[str, Any]:
    """Small whole numbers, and a p that is not 0.5, so that p and 1 − p differ."""
    while True:
        numbers = rng.sample(range(1, 10), SAMPLES * FEATURES)
        for place in rng.sample(range(SAMPLES * FEATURES), 2):
            numbers[place] *= -1
        mask = [rng.randint(0, 1) for _ in numbers]
        p = rng.choice((0.2, 0.25, 0.3, 0.4, 0.6, 0.7, 0.75, 0.8))
        given = {"x": _rows(numbers), "mask": _rows(mask), "p": p}
        if 3 <= sum(mask) <= 5 and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words."""
    lines = [f"Dropout with p = {given['p']:g}; rows are samples. The mask says 1 where it keeps:"]
    for name in ("x", "mask"):
        for number, row in enumerate(given[name]):
            lines.append(f"    {name if number == 0 else '':<6}{''.join(f'{entry:>4}' for entry in row)}")
    lines += [
        "What is the output in train mode, with this mask, and in eval mode?",
        "And what is the expected value of each number of the train mode's",
        "output: its mean over all masks?",
    ]
    return "\n".join(lines)


def blanks(given: dict[str, Any]) -> list[Blank]:  # noqa: ARG001
    """Three tables of the input's shape."""
    shape = (SAMPLES, FEATURES)
    return [
        Blank("train", "output in train mode", shape),
        Blank("eval", "output in eval mode", shape),
        Blank("expected", "expected values in train mode", shape),
    ]


def worked(given: dict[str, Any]) -> str:
    """The factor, then the three tables; the expected value of the first number in full."""
    p, keep, right = given["p"], round(1 - given["p"], 6), _right(given)
    first, kept = given["x"][0][0], given["x"][0][0] / keep
    products = [
        "  ".join(f"{f'{entry} · {_decimals(1 / keep)}' if m else '0':>12}" for entry, m in zip(row, mask, strict=True))
        for row, mask in zip(given["x"], given["mask"], strict=True)
    ]
    parts = [
        f"**The factor** for what is kept: 1 / (1 − {p:g}) = 1 / {keep:g} = {_decimals(1 / keep)}",
        "**Train mode**: 0 where the mask has 0, the number times the factor where it\nhas 1.",
        _block([line.replace("-", "−") for line in products]),
        "That is",
        _block(_table(right["train"])),
        "**Eval mode**: nothing is dropped and nothing scaled. The output is x.",
        _block(_table(right["eval"])),
        f"**The expected value**: two cases, each times its probability, {p:g} or {keep:g}."
        f"\nThe first number is 0 or {_signed(first)} / {keep:g} = {_decimals(kept)}:",
        _block([f"{p:g} · 0 + {keep:g} · {_bracketed(kept)} = {_signed(first)}"]),
        "So it is with all the others: the factor makes up for what is dropped, and x\n"
        "comes out. The mask that was drawn has no part in it.",
        _block(_table(right["expected"])),
    ]
    if abs(1 / keep - round(1 / keep, 4)) > 1e-9:
        parts[0] += ".\nNumbers are shown with four decimals, but carried unrounded."
    return "\n\n".join(parts)


def mistakes(given: dict[str, Any]) -> dict[str, Answers]:
    """What each known mistake answers, by the misconception's id."""
    p, keep, right = given["p"], 1 - given["p"], _right(given)
    mask = _flat(given["mask"])
    share = sum(mask) / len(mask)

    def each(function: Callable[[float, int], float]) -> list[float]:
        """A number made of each entry and its place in the mask."""
        return [function(x, m) for x, m in zip(_flat(given["x"]), mask, strict=True)]

    def train(function: Callable[[float, int], float]) -> Answers:
        return {**right, "train": each(function)}

    def in_eval(function: Callable[[float, int], float]) -> Answers:
        return {**right, "eval": each(function)}

    def expected(function: Callable[[float, int], float]) -> Answers:
        return {**right, "expected": each(function)}

    unscaled, smaller = each(lambda x, m: m * x), each(lambda x, _: keep * x)
    return {
        "not-scaled": train(lambda x, m: m * x),
        "not-scaled-throughout": {**right, "train": unscaled, "expected": smaller},
        "scaled-at-test-time": {"train": unscaled, "eval": smaller, "expected": smaller},
        "multiplied-by-p": train(lambda x, m: m * x * p),
        "multiplied-by-keep-probability": train(lambda x, m: m * x * keep),
        "divided-by-p": train(lambda x, m: m * x / p),
        "divided-twice": train(lambda x, m: m * x / keep**2),
        "divided-by-actual-share": train(lambda x, m: m * x / share),
        "mask-inverted": train(lambda x, m: (1 - m) * x / keep),
        "mask-ignored": train(lambda x, _: x / keep),
        "dropped-left-alone": train(lambda x, m: x / keep if m else x),
        "modes-swapped": {**right, "train": right["eval"], "eval": right["train"]},
        "eval-scaled": in_eval(lambda x, _: keep * x),
        "eval-scaled-by-p": in_eval(lambda x, _: p * x),
        "eval-enlarged": in_eval(lambda x, _: x / keep),
        "eval-as-train": in_eval(lambda x, m: m * x / keep),
        "eval-masked": in_eval(lambda x, m: m * x),
        "expected-without-factor": expected(lambda x, _: keep * x),
        "expected-without-probability": expected(lambda x, _: x / keep),
        "expected-of-this-mask": expected(lambda x, m: m * x / keep),
        "expected-with-p": expected(lambda x, _: p * x / keep),
        "expected-times-p": expected(lambda x, _: p * x),
        "expected-in-equal-parts": expected(lambda x, _: x / keep / 2),
    }


def _right(given: dict[str, Any]) -> Answers:
    x, mask = _flat(given["x"]), _flat(given["mask"])
    kept = [m * entry / (1 - given["p"]) for entry, m in zip(x, mask, strict=True)]
    return {"train": kept, "eval": [*x], "expected": [*x]}


def _flat(table: list[list[Any]]) -> list[Any]:
    return [entry for row in table for entry in row]


def _rows(numbers: list[int]) -> list[list[int]]:
    return [numbers[start : start + FEATURES] for start in range(0, len(numbers), FEATURES)]


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake spoils enough numbers, and no two of them give the same."""
    right, found = _right(given), mistakes(given)
    return all(_differences(answers, right) >= EVIDENCE for answers in found.values()) and all(
        _differences(one, other) for one, other in combinations(found.values(), 2)
    )


def _differences(one: Answers, other: Answers) -> int:
    return sum(abs(a - b) > CLEARLY for name in one for a, b in zip(one[name], other[name], strict=True))


def _block(lines: list[str]) -> str:
    return "\n".join(["```", *lines, "```"])


def _table(numbers: list[float]) -> list[str]:
    """Rows as they can be copied into the file."""
    rows = [numbers[start : start + FEATURES] for start in range(0, len(numbers), FEATURES)]
    lines = [f"[{', '.join(_decimals(number, '-') for number in row)}]" for row in rows]
    return [f"[{lines[0]},", *(f" {line}," for line in lines[1:-1]), f" {lines[-1]}]"]


def _decimals(number: float, minus: str = "−") -> str:
    """Four decimals, and no zeros at their end."""
    return f"{number:z.4f}".rstrip("0").rstrip(".").replace("-", minus)


def _signed(number: int) -> str:
    return f"{number}".replace("-", "−")


def _bracketed(number: float) -> str:
    return f"({_decimals(number)})" if number < 0 else _decimals(number)
