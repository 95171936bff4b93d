"""The questions: the slides' input, and inputs of other sizes, with overlap, gaps and padding. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

Pair = tuple[int, int]
"""Rows, columns."""

Window = tuple[Pair, Pair, Pair]
"""Kernel, stride, padding."""

Entries = list[int]
"""The entries of the input under one window; what lies in the padding is left out."""

SLIDES: dict[str, Any] = {
    "input": [
        [3, 2, 1, 0, 0, 3],
        [0, 3, 3, 1, 1, 0],
        [3, 1, 4, 1, 1, 0],
        [2, 4, 1, 1, 0, 4],
        [1, 0, 3, 0, 3, 0],
        [3, 4, 4, 3, 3, 4],
    ],
    "a": ((2, 2), (2, 2), (0, 0)),
    "b": ((3, 2), (2, 2), (0, 0)),
    "tables": ("max", "max_rect", "avg", "avg_rect"),
}
"""Both poolings are asked with both windows, a and b. A variant asks max pooling with a and average pooling with b."""

MIN_EVIDENCE = 3
CLEAR = 0.005
"""What two answers differ by at least, where they are to be told apart: ten times the tolerance."""


def variant(rng: random.Random) -> dict[str, Any]:
    """No padding, but strides other than the kernel: windows overlap, or leave gaps."""
    while True:
        size = rng.randint(5, 7), rng.randint(5, 8)
        given = _given(rng, size, range(10), _windows_without_padding)
        if given:
            return given


def last_variant(rng: random.Random) -> dict[str, Any]:
    """Padding in both poolings, and negative numbers, so that it shows what the padding stands for."""
    while True:
        size = rng.randint(3, 5), rng.randint(3, 5)
        given = _given(rng, size, (*range(-9, 0), *range(-9, 0), *range(1, 9)), _windows_with_padding)
        if given:
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words."""
    lines = [f"Input {_size(given['input'])}:", _drawn(given["input"])]
    if given["tables"] == SLIDES["tables"]:
        lines += [
            "What do max and average pooling give with kernel 2×2 (max, avg)",
            f"and with kernel 3×2 (max_rect, avg_rect)? {_moves(given['a']).capitalize()}.",
        ]
    else:
        lines += [
            f"Max pooling:     kernel {_times(given['a'][0])}, {_moves(given['a'])}.",
            f"Average pooling: kernel {_times(given['b'][0])}, {_moves(given['b'])}.",
            "What does each of the two give?",
        ]
    return "\n".join(lines)


def blanks(given: dict[str, Any]) -> list[Blank]:
    """One table for each pooling."""
    size = len(given["input"]), len(given["input"][0])
    asked = []
    for table in given["tables"]:
        window = _window_of(given, table)
        rows, columns = _positions(size, window)
        kind = "max" if table.startswith("max") else "average"
        asked.append(Blank(table, f"{kind} pooling, kernel {_times(window[0])}", (len(rows), len(columns))))
    return asked


def worked(given: dict[str, Any]) -> str:
    """Every window of every table: where it lies, what lies under it, and the number that it gives."""
    return "\n\n".join(_worked_table(given["input"], table, _window_of(given, table)) for table in given["tables"])


def _worked_table(x: list[list[int]], table: str, window: Window) -> str:
    kernel, _, padding = window
    is_max = table.startswith("max")
    kind = "Max pooling" if is_max else "Average pooling"
    lines = [f"**{kind}**, kernel {_times(kernel)}, {_moves(window)}.", ""]
    if padding != (0, 0):
        stands_for = "minus infinity, so it never wins" if is_max else "0, and it counts in the divisor"
        lines += [f"The padded input; a `·` stands for {stands_for}:", ""]
        lines += ["```", _drawn(_padded(x, padding)), "```", ""]
        lines += ["Rows and columns are counted in this padded input.", ""]
    rows, columns = _positions((len(x), len(x[0])), window)
    answers = []
    for r in rows:
        answers.append([_number(x, (r, c), kernel, is_max) for c in columns])
        for c in columns:
            at = f"rows {_span(r + padding[0], kernel[0])}, columns {_span(c + padding[1], kernel[1])}"
            lines.append(f"- {at}: {_worked_number(x, (r, c), kernel, is_max)}")
    lines += ["", f"Row by row: **{_as_python(answers)}**"]
    return "\n".join(lines)


def _worked_number(x: list[list[int]], corner: Pair, kernel: Pair, is_max: bool) -> str:
    entries = _under(x, corner, kernel)
    number = _in_digits(_number(x, corner, kernel, is_max))
    if is_max and len(entries) == 1:
        return f"only {number} = **{number}**"
    if is_max:
        return f"max of {', '.join(map(_in_digits, entries))} = **{number}**"
    total = _in_digits(entries[0]) + "".join(f" {'−' if entry < 0 else '+'} {abs(entry)}" for entry in entries[1:])
    count = kernel[0] * kernel[1]
    line_break = "\n  " if len(entries) > 6 else " "
    return f"({total}) / {count}{line_break}= {_in_digits(sum(entries))} / {count} = **{number}**"


def _number(x: list[list[int]], corner: Pair, kernel: Pair, is_max: bool) -> float:
    entries = _under(x, corner, kernel)
    return max(entries) if is_max else sum(entries) / (kernel[0] * kernel[1])


def _window_of(given: dict[str, Any], table: str) -> Window:
    if given["tables"] == SLIDES["tables"]:
        window: Window = given["b" if table.endswith("_rect") else "a"]
    else:
        window = given["a" if table == "max" else "b"]
    return window


# -- in words ----------------------------------------------------------------------------------------------------------


def _size(x: list[list[int]]) -> str:
    return f"{len(x)}×{len(x[0])}"


def _times(pair: Pair) -> str:
    return f"{pair[0]}×{pair[1]}"


def _moves(window: Window) -> str:
    _, stride, padding = window
    return f"stride {stride}, " + ("no padding" if padding == (0, 0) else f"padding {padding}")


def _span(first: int, length: int) -> str:
    return f"{first + 1}–{first + length}"


def _drawn(x: list[list[Any]]) -> str:
    width = max(len(str(entry)) for row in x for entry in row)
    return "\n".join("    " + "  ".join(f"{entry!s:>{width}}" for entry in row) for row in x)


def _padded(x: list[list[int]], padding: Pair) -> list[list[Any]]:
    p, q = padding
    rows = [["·"] * q + row + ["·"] * q for row in x]
    edge = [["·"] * len(rows[0])] * p
    return edge + rows + edge


def _in_digits(number: float) -> str:
    return f"{round(number, 4):g}".replace("-", "−")


def _as_python(table: list[list[float]]) -> str:
    return "[" + ", ".join("[" + ", ".join(f"{round(x, 4):g}" for x in row) + "]" for row in table) + "]"


# -- drawing a question ------------------------------------------------------------------------------------------------


def _given(
    rng: random.Random,
    size: Pair,
    numbers: range | tuple[int, ...],
    windows: Callable[[random.Random], tuple[Window, Window]],
) -> dict[str, Any] | None:
    """A question of this size, or None where these windows or numbers would hide a mistake."""
    a, b = windows(rng)
    if not (_suits(size, a) and _suits(size, b)):
        return None
    for _ in range(20):
        x = [[rng.choice(numbers) for _ in range(size[1])] for _ in range(size[0])]
        given = {"input": x, "a": a, "b": b, "tables": ("max", "avg")}
        if _tells_mistakes_apart(given):
            return given
    return None


def _windows_without_padding(rng: random.Random) -> tuple[Window, Window]:
    return _two_windows(rng, [(0, 0), (0, 0)])


def _windows_with_padding(rng: random.Random) -> tuple[Window, Window]:
    return _two_windows(rng, [rng.choice(((1, 1), (1, 0), (0, 1))) for _ in range(2)])


def _two_windows(rng: random.Random, paddings: list[Pair]) -> tuple[Window, Window]:
    """A rectangular kernel, and a square one with a stride that differs on the axes, in either order.

    So each swap of axes shows in a table by itself.
    """
    step = rng.randint(2, 3)
    side = rng.randint(2, 3)
    windows = [
        (rng.choice(((2, 3), (3, 2))), (step, step)),
        ((side, side), rng.choice(((2, 3), (3, 2)))),
    ]
    rng.shuffle(windows)
    a, b = ((kernel, stride, padding) for (kernel, stride), padding in zip(windows, paddings, strict=True))
    return a, b


def _suits(size: Pair, window: Window) -> bool:
    """Whether the output is a small table, and has the same shape even for one who swaps the kernel's axes.

    An answer of another shape is told its shape and no more, so that the mistake would not get its name.
    """
    (k, o), stride, padding = window
    rows, columns = _positions(size, window)
    if not (2 <= len(rows) <= 3 and 2 <= len(columns) <= 3 and len(rows) * len(columns) <= 6):
        return False
    if size[0] < max(k, o) or size[1] < max(k, o):
        return False
    if padding != (0, 0) and _at_padding(size, window) < MIN_EVIDENCE:
        return False
    swapped = _positions(size, ((o, k), stride, padding))
    return (len(rows), len(columns)) == (len(swapped[0]), len(swapped[1]))


def _at_padding(size: Pair, window: Window) -> int:
    """How many windows reach into the padding."""
    rows, columns = _positions(size, window)
    kernel = window[0]
    count = kernel[0] * kernel[1]
    x = [[0] * size[1]] * size[0]
    return sum(len(_under(x, (r, c), kernel)) < count for r in rows for c in columns)


# -- the ways to pool, right and wrong ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pooled:
    """What a way to pool makes of one window."""

    entries: Entries
    window: Window

    @property
    def count(self) -> int:
        return self.window[0][0] * self.window[0][1]

    def largest(self) -> float:
        return max(self.entries)

    def largest_with_zeros(self) -> float:
        return max(self.entries) if len(self.entries) == self.count else max(0, *self.entries)

    def largest_magnitude(self) -> float:
        return max(self.entries, key=abs)

    def smallest(self) -> float:
        return min(self.entries)

    def mean(self) -> float:
        return sum(self.entries) / self.count

    def total(self) -> float:
        return sum(self.entries)

    def over_rows(self) -> float:
        return sum(self.entries) / self.window[0][0]

    def over_stride(self) -> float:
        return sum(self.entries) / (self.window[1][0] * self.window[1][1])

    def over_input(self) -> float:
        return sum(self.entries) / len(self.entries)

    def middle(self) -> float:
        return median(self.entries)

    def whole(self) -> float:
        return sum(self.entries) // self.count

    def one_decimal(self) -> float:
        return round(self.mean(), 1)


def _under(x: list[list[int]], corner: Pair, kernel: Pair) -> Entries:
    (r, c), (k, o) = corner, kernel
    return [x[i][j] for i in range(r, r + k) if 0 <= i < len(x) for j in range(c, c + o) if 0 <= j < len(x[0])]


def _positions(size: Pair, window: Window) -> tuple[list[int], list[int]]:
    """The rows and the columns at which windows start; 0 is the input's first, −1 lies in the padding."""
    return _moved(size, window, window)


def _moved(size: Pair, window: Window, as_if: Window) -> tuple[list[int], list[int]]:
    """As many positions as the window has, at the stride and padding of another; the last ones within the edge."""
    rows, columns = (
        [min(i * step - start, length + start - k) for i in range((length + 2 * pad - k) // s + 1)]
        for length, k, s, pad, step, start in zip(size, *window, *as_if[1:], strict=True)
    )
    return rows, columns


def _answers(
    given: dict[str, Any],
    max_of: Callable[[_Pooled], float] = _Pooled.largest,
    avg_of: Callable[[_Pooled], float] = _Pooled.mean,
    moves: Callable[[Window], Window] = lambda window: window,
    lies: Callable[[Pair], Pair] = lambda kernel: kernel,
) -> list[float]:
    """The numbers of both tables, one after the other.

    Args:
        given: a variant.
        max_of, avg_of: what is made of a window.
        moves: the window by whose stride and padding the positions are found.
        lies: the kernel that is laid there.
    """
    x = given["input"]
    size = len(x), len(x[0])
    numbers = []
    for window, measure in ((given["a"], max_of), (given["b"], avg_of)):
        rows, columns = _moved(size, window, moves(window))
        numbers += [measure(_Pooled(_under(x, (r, c), lies(window[0])), window)) for r in rows for c in columns]
    return numbers


def _mistaken(given: dict[str, Any]) -> Iterator[list[float]]:
    """What each known mistake answers; those that a question hides most often come first."""
    if given["a"][2] != (0, 0):
        yield _answers(given, max_of=_Pooled.largest_with_zeros)
        yield _answers(given, max_of=_Pooled.largest_magnitude)
        yield _answers(given, moves=lambda window: (window[0], window[1], (0, 0)))
        yield _answers(given, avg_of=_Pooled.over_input)
    yield _answers(given, moves=lambda window: (window[0], window[1][::-1], window[2]))
    yield _answers(given, lies=lambda kernel: kernel[::-1])
    yield _answers(given, moves=lambda window: (window[0], window[0], window[2]))
    yield _answers(given, moves=lambda window: (window[0], (1, 1), window[2]))
    yield _answers(given, _Pooled.mean, _Pooled.largest)
    yield _answers(given, max_of=_Pooled.smallest)
    yield _answers(given, avg_of=_Pooled.total)
    yield _answers(given, avg_of=_Pooled.over_rows)
    yield _answers(given, avg_of=_Pooled.over_stride)
    yield _answers(given, avg_of=_Pooled.middle)
    yield _answers(given, avg_of=_Pooled.whole)
    yield _answers(given, avg_of=_Pooled.one_decimal)


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake shows in three numbers at least, and none gives the same tables as another."""
    truth = _answers(given)
    seen = [truth]
    for answers in _mistaken(given):
        if _differences(answers, truth) < MIN_EVIDENCE or not all(_differences(answers, other) for other in seen):
            return False
        seen.append(answers)
    return True


def _differences(one: list[float], other: list[float]) -> int:
    return sum(abs(a - b) > CLEAR for a, b in zip(one, other, strict=True))
