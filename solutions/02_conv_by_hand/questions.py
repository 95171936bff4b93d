"""The questions: the slides' convolution, and small ones on which every known mistake shows. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Sequence

Pair = tuple[int, int]
"""Rows, columns."""

Table = list[list[float]]

SLIDES: dict[str, Any] = {
    "input": [[0, 3, 1, 1], [3, 1, 2, 0], [3, 4, 2, 3], [3, 0, 0, 2]],
    "kernel": [[1, 1, 1], [1, 1, 1], [0, 1, 0]],
    "padding": (1, 1),
    "stride": (2, 2),
    "bias": 1,
}

WEIGHTS = (-1, 0, 1, 2)
"""What kernels are made of: no mask of zeros and ones, and easy to multiply by."""

CLEARLY = 0.05
"""How far apart two numbers are at least that tell two mistakes apart: ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""


def variant(rng: random.Random) -> dict[str, Any]:
    """The slides' padding and stride, with a kernel that is neither square nor symmetric."""
    return _draw(rng, kernels=((2, 3), (3, 2)), paddings=((1, 1),), strides=((2, 2),))


def last_variant(rng: random.Random) -> dict[str, Any]:
    """Padding and stride differ on the two axes as well."""
    return _draw(rng, kernels=((2, 2), (2, 3), (3, 2)), paddings=((1, 0), (0, 1)), strides=((2, 3), (3, 2)))


def prompt(given: dict[str, Any]) -> str:
    """The question in words."""
    rows, columns = _output_shape(given)
    return (
        "Convolution of one channel:\n"
        f"{_side_by_side(given['input'], given['kernel'])}\n"
        f"padding {given['padding']}, stride {given['stride']}, bias {given['bias']}.\n"
        f"What is the output, a table of {rows} rows and {columns} columns?"
    )


def blanks(given: dict[str, Any]) -> list[Blank]:
    """One table."""
    return [Blank("", "output, row by row", _output_shape(given))]


def worked(given: dict[str, Any]) -> str:
    """The padded input, then one window after the other with its products, then the table."""
    (p, q), (s, t) = given["padding"], given["stride"]
    padded = [
        [_or_zero(given["input"], i, j) for j in range(-q, len(given["input"][0]) + q)]
        for i in range(-p, len(given["input"]) + p)
    ]
    output = _slide(given, _output_shape(given))
    parts = [
        f"Padding ({p}, {q}): {_count(p, 'row')} of zeros above and {p} below, {_count(q, 'column')} on either side.",
        _fenced(_aligned(padded)),
        f"Stride ({s}, {t}): the window moves {_count(s, 'row')} down, {_count(t, 'column')} to the right.",
    ]
    parts += [_worked_window(given, padded, (i, j)) for i, row in enumerate(output) for j, _ in enumerate(row)]
    return "\n\n".join([*parts, f"The output: **{output}**"])


def _worked_window(given: dict[str, Any], padded: Table, place: Pair) -> str:
    kernel, bias, (s, t), (i, j) = given["kernel"], given["bias"], given["stride"], place
    height, width, top, left = len(kernel), len(kernel[0]), s * i, t * j
    rows = [list(zip(padded[top + a][left : left + width], kernel[a], strict=True)) for a in range(height)]
    products = [" + ".join(f"{x}·{_bracketed(weight)}" for x, weight in row) for row in rows]
    sums = [sum(x * weight for x, weight in row) for row in rows]
    long = max(map(len, products))
    return "\n\n".join(
        (
            f"**Row {i + 1}, column {j + 1}**: padded rows {top + 1}–{top + height} and columns "
            f"{left + 1}–{left + width}, times the kernel.",
            _fenced(f"{text:<{long}}  = {_signed(number):>3}" for text, number in zip(products, sums, strict=True)),
            f"{' + '.join(map(_bracketed, sums))} + bias {_bracketed(bias)} = **{_signed(sum(sums) + bias)}**",
        )
    )


def mistakes(given: dict[str, Any]) -> dict[str, Table]:
    """What each known mistake answers, by the misconception's id; always a table of the right shape."""
    shape = _output_shape(given)
    kernel, (s, t), bias = given["kernel"], given["stride"], given["bias"]
    size = len(kernel), len(kernel[0])

    def slide(
        entry: Callable[[Table, int, int], float] = _or_zero,
        total: Callable[[Sequence[float]], float] = sum,
        **changed: object,
    ) -> Table:
        return _slide({**given, **changed}, shape, entry, total)

    return {
        "kernel-flipped": slide(kernel=[row[::-1] for row in kernel[::-1]]),
        "kernel-transposed": slide(kernel=_down_the_columns(kernel)),
        "kernel-as-mask": slide(kernel=[[int(weight != 0) for weight in row] for row in kernel]),
        "minus-lost": slide(kernel=[[abs(weight) for weight in row] for row in kernel]),
        "padding-ignored": slide(padding=(0, 0)),
        "padded-with-ones": slide(_or_one),
        "padded-with-edge": slide(_or_nearest),
        "stride-ignored": slide(stride=(1, 1)),
        "stride-down-only": slide(stride=(s, 1)),
        "stride-across-only": slide(stride=(1, t)),
        "moved-by-kernel": slide(stride=size),
        "bias-forgotten": slide(bias=0),
        "bias-per-product": slide(bias=size[0] * size[1] * bias),
        "largest-product": slide(total=max),
        "averaged": slide(total=lambda products: sum(products) / len(products)),
        "output-down-columns": _down_the_columns(slide()),
    }


def _draw(
    rng: random.Random, kernels: Sequence[Pair], paddings: Sequence[Pair], strides: Sequence[Pair]
) -> dict[str, Any]:
    """A convolution with 2×3 or 3×2 numbers on which every known mistake shows."""
    while True:
        kernel, padding, stride = rng.choice(kernels), rng.choice(paddings), rng.choice(strides)
        rows, columns = (
            (count - 1) * step + rng.randrange(step) + size - 2 * pad
            for count, step, size, pad in zip(rng.choice(((2, 3), (3, 2))), stride, kernel, padding, strict=True)
        )
        given = {
            "input": [[rng.randint(0, 4) for _ in range(columns)] for _ in range(rows)],
            "kernel": [[rng.choice(WEIGHTS) for _ in range(kernel[1])] for _ in range(kernel[0])],
            "padding": padding,
            "stride": stride,
            "bias": rng.choice((-2, -1, 2, 3)),
        }
        if min(rows, columns) >= 3 and max(rows, columns) <= 6 and rows != columns and _tells_mistakes_apart(given):
            return given


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake spoils enough numbers, and no two of them give the same table."""
    truth = _slide(given, _output_shape(given))
    tables: list[Table] = []
    for table in mistakes(given).values():
        if _differences(table, truth) < EVIDENCE or not all(_differences(table, other) for other in tables):
            return False
        tables.append(table)
    return True


def _differences(one: Table, other: Table) -> int:
    pairs = zip((x for row in one for x in row), (y for row in other for y in row), strict=True)
    return sum(abs(x - y) > CLEARLY for x, y in pairs)


def _output_shape(given: dict[str, Any]) -> Pair:
    (p, q), (s, t) = given["padding"], given["stride"]
    rows = (len(given["input"]) + 2 * p - len(given["kernel"])) // s + 1
    columns = (len(given["input"][0]) + 2 * q - len(given["kernel"][0])) // t + 1
    return rows, columns


def _slide(
    given: dict[str, Any],
    shape: Pair,
    entry: Callable[[Table, int, int], float] | None = None,
    total: Callable[[Sequence[float]], float] = sum,
) -> Table:
    """One number for each of ``shape`` positions of the window: the total of the products, and the bias.

    ``entry`` says what stands at a place of the input, or beside it; by default zero stands beside it.
    """
    entry = entry or _or_zero
    x, (p, q), (s, t) = given["input"], given["padding"], given["stride"]
    weights = [(a, b, weight) for a, row in enumerate(given["kernel"]) for b, weight in enumerate(row)]
    return [
        [
            total([entry(x, s * i - p + a, t * j - q + b) * weight for a, b, weight in weights]) + given["bias"]
            for j in range(shape[1])
        ]
        for i in range(shape[0])
    ]


def _or_zero(x: Table, i: int, j: int) -> float:
    return x[i][j] if 0 <= i < len(x) and 0 <= j < len(x[0]) else 0


def _or_one(x: Table, i: int, j: int) -> float:
    return x[i][j] if 0 <= i < len(x) and 0 <= j < len(x[0]) else 1


def _or_nearest(x: Table, i: int, j: int) -> float:
    return x[min(max(i, 0), len(x) - 1)][min(max(j, 0), len(x[0]) - 1)]


def _down_the_columns(table: Table) -> Table:
    """The table's numbers, read along its rows and written down the columns of one of the same shape."""
    numbers = [number for row in table for number in row]
    rows = len(table)
    return [[numbers[j * rows + i] for j in range(len(table[0]))] for i in range(rows)]


def _side_by_side(image: Table, kernel: Table) -> str:
    left, right = _aligned(image), _aligned(kernel)
    right += [""] * (len(left) - len(right))
    width = max(len("input"), len(left[0])) + 6
    rows = [("input", "kernel"), *zip(left, right, strict=True)]
    return "\n".join(f"    {one:<{width}}{other}".rstrip() for one, other in rows)


def _aligned(table: Table) -> list[str]:
    width = max(len(str(number)) for row in table for number in row)
    return ["  ".join(f"{number:{width}}" for number in row) for row in table]


def _fenced(lines: Iterable[str]) -> str:
    return "\n".join(["```", *lines, "```"])


def _signed(number: float) -> str:
    return str(number).replace("-", "−")


def _bracketed(number: float) -> str:
    return f"({_signed(number)})" if number < 0 else str(number)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
