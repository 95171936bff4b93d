"""The questions: the slides' block, one with negative sums, and a whole one of 1×1 convolutions. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator, Sequence

Table = list[list[float]]

Tables = dict[str, Table]
"""What is at each place of a block, by the blank's suffix; also where it is given and not asked."""

SLIDES: dict[str, Any] = {
    "x": [[140, 0, 5], [8, 47, 175], [133, 203, 217]],
    "conv1": [[-12.1794, -2.7855, 6.7117], [-14.4943, -105.878, -17.4401], [-67.1033, -84.1202, 29.6049]],
    "residual": [[0.2087, 1.992, -1.4108], [0.2087, 2.468, 4.0437], [0.2087, 8.0747, -6.9349]],
    "convs": None,
    "asked": ("sum", "output"),
}
"""Either ``conv1`` and ``residual`` are given, or ``convs``: weight and bias of the two 1×1 convolutions."""

LABELS = {
    "conv1": "what conv1 gives",
    "hidden": "what the inner ReLU gives",
    "residual": "F(x), what conv2 gives",
    "sum": "x + F(x), before the last ReLU",
    "output": "output of the block, after the last ReLU",
}

SIZE = (2, 3)
"""Rows and columns of a variant."""

WEIGHTS = (-2, -1, 0.5, 2, 3)
BIASES = (-3, -2, -1, 1, 2, 3)
LARGEST = 15
"""No table of a variant has a number beyond this: they are to be worked out in one's head."""

PASSING = 2
"""How many numbers at least each ReLU of a variant lets through."""

WIDTH = 76

CLEARLY = 0.006
"""How far apart two numbers are at least that tell two mistakes apart: more than ten times the tolerance."""

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named."""


def variant(rng: random.Random) -> dict[str, Any]:
    """The slides' kind of block, with negative numbers in all places: what conv1 and conv2 give is given."""
    rows, columns = SIZE
    whole, halves = [n for n in range(-6, 7) if n], [n / 2 for n in range(-12, 13) if n]

    def table(numbers: Sequence[float]) -> Table:
        return [[rng.choice(numbers) for _ in range(columns)] for _ in range(rows)]

    while True:
        given: dict[str, Any] = {
            "x": table(whole),
            "conv1": table(halves),
            "residual": table(halves),
            "convs": None,
            "asked": ("hidden", "sum", "output"),
        }
        if _is_small(given) and _tells_mistakes_apart(given):
            return given


def last_variant(rng: random.Random) -> dict[str, Any]:
    """A whole block of two 1×1 convolutions, from x to the output."""
    rows, columns = SIZE
    numbers = [n for n in range(-4, 5) if n]
    while True:
        given: dict[str, Any] = {
            "x": [[rng.choice(numbers) for _ in range(columns)] for _ in range(rows)],
            "conv1": None,
            "residual": None,
            "convs": tuple((rng.choice(WEIGHTS), rng.choice(BIASES)) for _ in range(2)),
            "asked": ("conv1", "hidden", "residual", "sum", "output"),
        }
        if _is_small(given) and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words, with what is given side by side."""
    if given["convs"]:
        (first, first_bias), (second, second_bias) = given["convs"]
        return "\n".join(
            (
                "A block with two 1×1 convolutions; F(x) = conv2(ReLU(conv1(x))).",
                *_side_by_side({"x": given["x"]}),
                f"conv1: weight {first}, bias {first_bias}; conv2: weight {second}, bias {second_bias}.",
                "What do conv1, the inner ReLU (hidden) and conv2 (residual) give,",
                "what is x + F(x) (sum), and what is the output ReLU(x + F(x))?",
            )
        )
    tables = {"x": given["x"], "conv1(x)": given["conv1"], "F(x)": given["residual"]}
    if "hidden" not in given["asked"]:
        del tables["conv1(x)"]
        return "\n".join(
            (
                "A residual block; F(x) is what its two convolutions make of x.",
                *_side_by_side(tables),
                "What is x + F(x) (sum), and what is the output ReLU(x + F(x))?",
            )
        )
    return "\n".join(
        (
            "A residual block; F(x) = conv2(ReLU(conv1(x))).",
            *_side_by_side(tables),
            "What does the inner ReLU make of conv1(x) (hidden), what is",
            "x + F(x) (sum), and what is the output ReLU(x + F(x))?",
        )
    )


def blanks(given: dict[str, Any]) -> list[Blank]:
    """One table, as large as x, for each place of the block that is asked about."""
    shape = len(given["x"]), len(given["x"][0])
    return [Blank(suffix, LABELS[suffix], shape) for suffix in given["asked"]]


def worked(given: dict[str, Any]) -> str:
    """From the inside of the block to its output, one place of the table after the other."""
    return "\n\n".join(part for suffix in given["asked"] for part in _worked_table(given, suffix))


def _worked_table(given: dict[str, Any], suffix: str) -> Iterator[str]:
    tables = _follow(given)
    if suffix == "conv1":
        yield f"**conv1**: weight {_signed(given['convs'][0][0])} times the entry of x, and the bias."
        yield _fenced(_products(given["convs"][0], given["x"]), tables["conv1"])
    elif suffix == "hidden":
        yield "**The inner ReLU**: what is negative becomes 0, the rest stays."
        yield _fenced(_cut_off(tables["conv1"]), tables["hidden"])
    elif suffix == "residual":
        yield f"**conv2**: weight {_signed(given['convs'][1][0])} times what the inner ReLU gives, and the bias."
        yield _fenced(_products(given["convs"][1], tables["hidden"]), tables["residual"])
    elif suffix == "sum":
        yield "**The sum**: x and F(x), both as they are, place by place."
        terms = zip(_flat(given["x"]), _flat(tables["residual"]), strict=True)
        yield _fenced((f"{_signed(x)} + {_bracketed(f)}" for x, f in terms), tables["sum"])
    else:
        yield "**The last ReLU**, on the sum."
        yield _fenced(_cut_off(tables["sum"]), tables["output"])
    rows = [str([_plain(number) for number in row]) for row in tables[suffix]]
    flat = f"In a table: **[{', '.join(rows)}]**"
    yield flat if len(flat) <= WIDTH else "In a table: **[{}]**".format(",\n".join(rows))


def mistakes(given: dict[str, Any]) -> Iterator[tuple[str, Tables]]:
    """The known mistakes that can show in this question, by the misconception's id, and what each answers.

    Those come first that a question drawn by chance hides most often.
    """

    def added(total: Callable[[float, float, float], float], **changed: Any) -> Tables:
        """With another sum of x, F(x) and what the inner ReLU gives."""
        return _follow(given, total=total, **changed)

    right = _follow(given)
    yield "relu-on-residual", added(lambda x, f, _: x + _relu(f))
    yield "residual-missing", added(lambda x, _f, _h: x)
    yield "minus-lost", added(lambda x, f, _: x + abs(f))
    yield "residual-subtracted", added(lambda x, f, _: x - f)
    yield "larger-taken", added(lambda x, f, _: max(x, f))
    yield "shortcut-missing", added(lambda _x, f, _h: f)
    yield "relu-in-sum", {**right, "sum": right["output"]}
    yield "relu-on-both", added(lambda x, f, _: _relu(x) + _relu(f))
    yield "relu-on-shortcut", added(lambda x, f, _: _relu(x) + f)
    yield "relu-moved-to-shortcut", added(lambda x, f, _: _relu(x) + f, last=_same)
    yield "relu-moved-to-residual", added(lambda x, f, _: x + _relu(f), last=_same)
    yield "final-relu-missing", _follow(given, last=_same)
    yield "shortcut-twice", added(lambda x, f, _: 2 * x + f)
    yield "shortcut-subtracted", added(lambda x, f, _: f - x)
    yield "multiplied", added(lambda x, f, _: x * f)
    yield "averaged", added(lambda x, f, _: (x + f) / 2)
    yield "hidden-added", added(lambda x, _f, h: x + h)
    yield "shortcut-after-conv1", added(lambda _x, f, h: h + f)
    yield "absolute-value", _follow(given, inner=abs, last=abs)
    yield "leaky", _follow(given, inner=_leaky, last=_leaky)
    yield "relu-upside-down", _follow(given, inner=_negative_part, last=_negative_part)
    yield "relu-as-step", _follow(given, inner=_step, last=_step)
    yield "inner-relu-missing", _follow(given, inner=_same)
    yield "inner-relu-after-conv2", _follow(given, inner=_same, after_conv2=_relu)
    if given["convs"]:
        (first, first_bias), (second, second_bias) = given["convs"]

        def made_by(*convs: tuple[float, float]) -> Tables:
            return _follow({**given, "convs": convs})

        yield "relu-before-conv1", _follow(given, before_conv1=_relu)
        yield "biases-forgotten", made_by((first, 0), (second, 0))
        yield "bias-of-conv1-forgotten", made_by((first, 0), (second, second_bias))
        yield "bias-of-conv2-forgotten", made_by((first, first_bias), (second, 0))
        yield "bias-before-weight", made_by((first, first * first_bias), (second, second * second_bias))
        yield "weight-and-bias-swapped", made_by((first_bias, first), (second_bias, second))
        yield "convs-swapped", made_by((second, second_bias), (first, first_bias))
        yield "same-conv-twice", made_by((first, first_bias), (first, first_bias))
        yield "relu-in-residual", _follow(given, after_conv2=_relu)
        yield "conv2-takes-conv1", {**_follow(given, inner=_same), "hidden": right["hidden"]}
        yield "zero-stays-zero", _with_residual(given, lambda h: second * h + second_bias if h else 0)


def _follow(
    given: dict[str, Any],
    *,
    before_conv1: Callable[[float], float] = lambda t: t,
    inner: Callable[[float], float] = lambda t: max(t, 0),
    after_conv2: Callable[[float], float] = lambda t: t,
    total: Callable[[float, float, float], float] = lambda x, f, _: x + f,
    last: Callable[[float], float] = lambda t: max(t, 0),
) -> Tables:
    """What is at each place of the block; ``total`` makes the sum of x, F(x) and what the inner ReLU gives."""
    x, conv1, residual = given["x"], given["conv1"], given["residual"]
    if given["convs"]:
        conv1 = _conv(given["convs"][0], _each(before_conv1, x))
    hidden = _each(inner, conv1)
    if given["convs"]:
        residual = _conv(given["convs"][1], hidden)
    residual = _each(after_conv2, residual)
    summed = [[total(*place) for place in zip(*rows, strict=True)] for rows in zip(x, residual, hidden, strict=True)]
    return {"conv1": conv1, "hidden": hidden, "residual": residual, "sum": summed, "output": _each(last, summed)}


def _with_residual(given: dict[str, Any], make: Callable[[float], float]) -> Tables:
    """With another F(x), made of what the inner ReLU gives; conv1 is as it should be."""
    tables = _follow(given)
    return _follow({**given, "conv1": tables["conv1"], "residual": _each(make, tables["hidden"]), "convs": None})


def _conv(weight_and_bias: tuple[float, float], table: Table) -> Table:
    weight, bias = weight_and_bias
    return _each(lambda t: weight * t + bias, table)


def _each(change: Callable[[float], float], table: Table) -> Table:
    return [[change(number) for number in row] for row in table]


def _same(number: float) -> float:
    return number


def _relu(number: float) -> float:
    return max(number, 0)


def _leaky(number: float) -> float:
    return number if number > 0 else 0.01 * number


def _negative_part(number: float) -> float:
    return min(number, 0)


def _step(number: float) -> float:
    return float(number > 0)


def _is_small(given: dict[str, Any]) -> bool:
    """Whether it can be worked out in one's head; and both ReLUs have work, let some numbers through, and meet no 0."""
    tables = _follow(given)
    if max(abs(number) for table in tables.values() for number in _flat(table)) > LARGEST:
        return False
    before_relu = _flat(tables["conv1"]), _flat(tables["sum"])
    return all(
        0 not in numbers and PASSING <= sum(number > 0 for number in numbers) <= len(numbers) - EVIDENCE
        for numbers in before_relu
    )


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake spoils enough numbers, and no two of them give the same tables."""
    right = _asked(given, _follow(given))
    seen: list[list[float]] = []
    for _, tables in mistakes(given):
        numbers = _asked(given, tables)
        if _differences(numbers, right) < EVIDENCE or not all(_differences(numbers, other) for other in seen):
            return False
        seen.append(numbers)
    return True


def _asked(given: dict[str, Any], tables: Tables) -> list[float]:
    return [number for suffix in given["asked"] for number in _flat(tables[suffix])]


def _differences(one: list[float], other: list[float]) -> int:
    return sum(abs(x - y) > CLEARLY for x, y in zip(one, other, strict=True))


def _flat(table: Table) -> list[float]:
    return [number for row in table for number in row]


def _plain(number: float) -> float:
    """Without the noise of binary fractions: 3.5892, not 3.5892000000000004; and 3, not 3.0."""
    rounded = round(number, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def _side_by_side(tables: dict[str, Table]) -> Iterator[str]:
    """Tables with their titles, each column flush right."""
    blocks: list[list[str]] = []
    for title, table in tables.items():
        columns = [[str(_plain(number)) for number in column] for column in zip(*table, strict=True)]
        padded = [[text.rjust(max(map(len, column))) for text in column] for column in columns]
        rows = ["  ".join(row) for row in zip(*padded, strict=True)]
        long = max(len(title), len(rows[0]))
        blocks.append([text.ljust(long) for text in (title, *rows)])
    for line in zip(*blocks, strict=True):
        yield f"    {'     '.join(line)}".rstrip()


def _products(weight_and_bias: tuple[float, float], table: Table) -> Iterator[str]:
    weight, bias = weight_and_bias
    for number in _flat(table):
        yield f"{_signed(weight)}·{_bracketed(number)} + {_bracketed(bias)}"


def _cut_off(table: Table) -> Iterator[str]:
    for number in _flat(table):
        yield f"max({_signed(number)}, 0)"


def _fenced(terms: Iterable[str], table: Table) -> str:
    """A line for each place of the table: what is calculated there, and what it comes to."""
    columns = len(table[0])
    lines = list(terms)
    long = max(map(len, lines))
    rows = (
        f"row {n // columns + 1}, column {n % columns + 1}:  {text:<{long}}  = {_signed(number):>4}"
        for n, (text, number) in enumerate(zip(lines, _flat(table), strict=True))
    )
    return "\n".join(("```", *rows, "```"))


def _signed(number: float) -> str:
    return str(_plain(number)).replace("-", "−")


def _bracketed(number: float) -> str:
    return f"({_signed(number)})" if number < 0 else _signed(number)
