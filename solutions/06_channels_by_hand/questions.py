"""The questions: the slides' two filters, and smaller ones on which every known mistake shows. Imports no torch."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

Table = list[list[float]]

Tables = dict[str, Table]
"""All answers to one question, by the blank's suffix."""

SLIDES: dict[str, Any] = {
    "input": [
        [[2, 2, 1, 4], [1, 0, 0, 4], [0, 3, 3, 4], [0, 4, 1, 2]],
        [[0, 0, 2, 1], [4, 1, 3, 1], [4, 3, 1, 4], [2, 4, 2, 0]],
    ],
    "filters": [
        [[[1, 1, 0], [1, 0, 1], [1, 1, 0]], [[1, 0, 1], [0, 1, 0], [0, 1, 0]]],
        [[[1, 1, 1], [1, 1, 1], [1, 1, 1]], [[1, 1, 0], [0, 1, 1], [1, 1, 1]]],
    ],
    "bias": [1, 1],
}

WEIGHTS = (-1, 0, 1, 2)
"""What kernels are made of: no mask of zeros and ones, and easy to multiply by."""

CLEARLY = 0.05
"""How far apart two numbers are at least that tell two mistakes apart: ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""


def variant(rng: random.Random) -> dict[str, Any]:
    """Two 3×3 channels and two filters of two 2×2 kernels, each with a bias of its own."""
    while True:
        given: dict[str, Any] = {
            "input": [_table(3, lambda: rng.randint(0, 4)) for _ in range(2)],
            "filters": [[_table(2, lambda: rng.choice(WEIGHTS)) for _ in range(2)] for _ in range(2)],
            "bias": rng.sample((-3, -2, -1, 1, 2, 3), 2),
        }
        kernels = [kernel for kernels in given["filters"] for kernel in kernels]
        if all(map(_is_telling, kernels)) and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words; each kernel stands below the channel that it belongs to."""
    blocks = [(("input",), given["input"])]
    for number, (kernels, bias) in enumerate(zip(given["filters"], given["bias"], strict=True), start=1):
        blocks.append(((f"filter {number}", f"bias {bias}"), kernels))
    return "\n".join(
        (
            "Convolution of two channels with two filters; padding 0, stride 1:",
            *_side_by_side(blocks),
            "What does each filter give on each channel, and what is the output?",
        )
    )


def blanks(given: dict[str, Any]) -> list[Blank]:
    """For each filter: its sums over channel 1, those over channel 2, and its channel of the output."""
    size = len(given["input"][0]) - len(given["filters"][0][0]) + 1
    return [
        Blank(f"filter{number}_{suffix}", f"filter {number}{label}", (size, size))
        for number in (1, 2)
        for suffix, label in (
            ("channel1", " on channel 1, no bias"),
            ("channel2", " on channel 2, no bias"),
            ("output", ": output, with the bias"),
        )
    ]


def worked(given: dict[str, Any]) -> str:
    """One filter after the other: its sums over channel 1, those over channel 2, then its output."""
    return "\n\n".join(part for number in (1, 2) for part in _worked_filter(given, number))


def _worked_filter(given: dict[str, Any], number: int) -> Iterator[str]:
    kernels, bias, answers = given["filters"][number - 1], given["bias"][number - 1], _answers(given)
    sums = [answers[f"filter{number}_channel{channel}"] for channel in (1, 2)]
    for channel, (image, kernel) in enumerate(zip(given["input"], kernels, strict=True), start=1):
        yield f"**Filter {number} on channel {channel}**: the window lies on channel {channel} alone."
        yield _fenced(
            (" + ".join(f"{x}·{_bracketed(weight)}" for x, weight in pairs), total)
            for pairs, total in zip(_windows(image, kernel), _flat(sums[channel - 1]), strict=True)
        )
        yield f"In a table: **{sums[channel - 1]}**"
    yield f"**Output channel {number}**: channel 1, channel 2, and the bias of filter {number} once."
    output = answers[f"filter{number}_output"]
    terms = zip(_flat(sums[0]), _flat(sums[1]), strict=True)
    yield _fenced(
        (" + ".join(map(_bracketed, (*pair, bias))), total) for pair, total in zip(terms, _flat(output), strict=True)
    )
    yield f"In a table: **{output}**"


def mistakes(given: dict[str, Any]) -> dict[str, Tables]:
    """What each known mistake answers, by the misconception's id."""
    filters, bias = given["filters"], given["bias"]

    def each_kernel(change: Callable[[Table], Table]) -> Tables:
        return _answers({**given, "filters": [[change(kernel) for kernel in kernels] for kernels in filters]})

    def each_output(change: Callable[[float, float, float], float]) -> Tables:
        return _answers(given, change)

    right, no_bias = _answers(given), _answers({**given, "bias": [0, 0]})
    added = _answers({**given, "bias": [2 * b for b in bias]})
    total = _plus(right["filter1_output"], right["filter2_output"])
    in_first = {f"filter{n}_channel1": _shifted(right[f"filter{n}_channel1"], bias[n - 1]) for n in (1, 2)}
    in_second = {f"filter{n}_channel2": _shifted(right[f"filter{n}_channel2"], bias[n - 1]) for n in (1, 2)}
    only_own = {f"filter{n}_output": _shifted(right[f"filter{n}_channel{n}"], bias[n - 1]) for n in (1, 2)}
    return {
        "kernel-flipped": each_kernel(lambda kernel: [row[::-1] for row in kernel[::-1]]),
        "kernel-transposed": each_kernel(_transposed),
        "kernel-as-mask": each_kernel(lambda kernel: [[int(weight != 0) for weight in row] for row in kernel]),
        "minus-lost": each_kernel(lambda kernel: [[abs(weight) for weight in row] for row in kernel]),
        "same-kernel-twice": _answers({**given, "filters": [[first, first] for first, _ in filters]}),
        "kernels-swapped": _answers({**given, "filters": [kernels[::-1] for kernels in filters]}),
        "filters-swapped": _answers({**given, "filters": filters[::-1], "bias": bias[::-1]}),
        "filters-read-down": _answers({**given, "filters": [list(pair) for pair in zip(*filters, strict=True)]}),
        "biases-swapped": _answers({**given, "bias": bias[::-1]}),
        "bias-forgotten": no_bias,
        "bias-twice": added,
        "bias-in-both-sums": {**added, **in_first, **in_second},
        "bias-in-first-sum": {**right, **in_first},
        "only-first-channel": each_output(lambda first, _, b: first + b),
        "channels-averaged": each_output(lambda first, second, b: (first + second) / 2 + b),
        "sums-multiplied": each_output(lambda first, second, b: first * second + b),
        "filter-per-channel": {**right, **only_own},
        "filters-summed": {**right, "filter1_output": total, "filter2_output": total},
        "output-down-columns": {suffix: _transposed(table) for suffix, table in right.items()},
    }


def _answers(
    given: dict[str, Any],
    combine: Callable[[float, float, float], float] = lambda first, second, bias: first + second + bias,
) -> Tables:
    """The tables of all blanks; ``combine`` makes an output of the sums over the two channels and the bias."""
    tables: Tables = {}
    for number, (kernels, bias) in enumerate(zip(given["filters"], given["bias"], strict=True), start=1):
        first, second = (_slide(image, kernel) for image, kernel in zip(given["input"], kernels, strict=True))
        tables[f"filter{number}_channel1"] = first
        tables[f"filter{number}_channel2"] = second
        tables[f"filter{number}_output"] = [
            [combine(one, other, bias) for one, other in zip(*rows, strict=True)]
            for rows in zip(first, second, strict=True)
        ]
    return tables


def _is_telling(kernel: Table) -> bool:
    """Whether a 2×2 kernel looks different when transposed, and so when turned by 180° too; and is not mostly zeros."""
    return kernel != _transposed(kernel) and _flat(kernel).count(0) <= 1


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake spoils enough numbers, and no two of them give the same tables."""
    right, found = _answers(given), mistakes(given).values()
    return all(_differences(tables, right) >= EVIDENCE for tables in found) and all(
        _differences(one, other) for one, other in combinations(found, 2)
    )


def _differences(one: Tables, other: Tables) -> int:
    return sum(
        abs(x - y) > CLEARLY for suffix in one for x, y in zip(_flat(one[suffix]), _flat(other[suffix]), strict=True)
    )


def _windows(image: Table, kernel: Table) -> Iterator[list[tuple[float, float]]]:
    """Entries and weights that meet, for one position of the window after the other."""
    steps = range(len(image) - len(kernel) + 1)
    for i in steps:
        for j in steps:
            yield [(image[i + a][j + b], weight) for a, row in enumerate(kernel) for b, weight in enumerate(row)]


def _slide(image: Table, kernel: Table) -> Table:
    sums = [sum(x * weight for x, weight in pairs) for pairs in _windows(image, kernel)]
    size = len(image) - len(kernel) + 1
    return [sums[start : start + size] for start in range(0, size * size, size)]


def _table(size: int, draw: Callable[[], float]) -> Table:
    return [[draw() for _ in range(size)] for _ in range(size)]


def _flat(table: Table) -> list[float]:
    return [number for row in table for number in row]


def _transposed(table: Table) -> Table:
    return [list(column) for column in zip(*table, strict=True)]


def _plus(one: Table, other: Table) -> Table:
    return [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]


def _shifted(table: Table, by: float) -> Table:
    return [[number + by for number in row] for row in table]


def _side_by_side(blocks: list[tuple[tuple[str, ...], list[Table]]]) -> Iterator[str]:
    """Labelled pairs of tables below each other, all of their columns in line."""
    width = max(len(str(number)) for _, pair in blocks for table in pair for number in _flat(table))
    texts = [
        (labels, [["  ".join(f"{number:{width}}" for number in row) for row in table] for table in pair])
        for labels, pair in blocks
    ]
    column = max(len(texts[0][1][0][0]), len("channel 1")) + 4
    yield f"    {'':<12}{'channel 1':<{column}}channel 2"
    for labels, (left, right) in texts:
        padded = [*labels, *[""] * (len(left) - len(labels))]
        for label, one, other in zip(padded, left, right, strict=True):
            yield f"    {label:<12}{one:<{column}}{other}"


def _fenced(sums: Iterator[tuple[str, float]]) -> str:
    """Four sums below each other, each with its place in the table."""
    lines = list(sums)
    long = max(len(text) for text, _ in lines)
    places = [(i, j) for i in (1, 2) for j in (1, 2)]
    rows = (
        f"row {i}, column {j}:  {text:<{long}}  = {_signed(total):>3}"
        for (i, j), (text, total) in zip(places, lines, strict=True)
    )
    return "\n".join(("```", *rows, "```"))


def _signed(number: float) -> str:
    return str(number).replace("-", "−")


def _bracketed(number: float) -> str:
    return f"({_signed(number)})" if number < 0 else str(number)
