"""The questions: the slides' example, and layers whose numbers differ on the two axes, the last one dilated.

Imports no torch.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator

Axes = list[tuple[int, int, int, int, int]]
"""Input, kernel, padding, stride and dilation of the rows, then of the columns."""

Shape = tuple[int, ...]

SLIDES: dict[str, Any] = {
    "layer": "convolution",
    "input": (4, 4),
    "kernel": (3, 3),
    "padding": (1, 1),
    "stride": (2, 2),
    "dilation": (1, 1),
}


def _two_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Every pair of different ones: rows, columns."""
    return [*permutations(numbers, 2)]


# Some five hundred layers are looked at for one that will do: pairs are chosen, which is quicker than sampled.
INPUTS = _two_of(range(8, 41))
PADDINGS = _two_of(range(1, 5))
STRIDES = _two_of(range(1, 5))


def variant(rng: random.Random) -> dict[str, Any]:
    """A layer on which every known mistake shows that needs no dilation."""
    return _draw(rng, kernels=_two_of(range(2, 10)), dilations=[(1, 1)])


def last_variant(rng: random.Random) -> dict[str, Any]:
    """A layer with a dilation, on which every known mistake shows."""
    return _draw(rng, kernels=_two_of(range(2, 7)), dilations=_two_of(range(2, 5)))


def _draw(rng: random.Random, kernels: list[tuple[int, int]], dilations: list[tuple[int, int]]) -> dict[str, Any]:
    layer = rng.choice(("convolution", "max pooling"))
    while True:
        given = {
            "layer": layer,
            "input": rng.choice(INPUTS),
            "kernel": rng.choice(kernels),
            "padding": rng.choice(PADDINGS),
            "stride": rng.choice(STRIDES),
            "dilation": rng.choice(dilations),
        }
        if _is_valid(given) and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words."""
    (m, n), (k, o) = given["input"], given["kernel"]
    lines = [
        f"{given['layer'].capitalize()}: input {m}×{n}, kernel {k}×{o}, "
        f"padding {given['padding']}, stride {given['stride']}",
        "What is the shape of the output: rows, columns?",
    ]
    if _is_dilated(given):
        lines[0] += ","
        lines.insert(1, f"dilation {given['dilation']}.")
        lines.insert(2, "How many rows and columns does the kernel cover, gaps included (span)?")
    else:
        lines[0] += "."
    return "\n".join(lines)


def blanks(given: dict[str, Any]) -> list[Blank]:
    """One pair; with a dilation a pair for what the kernel covers as well."""
    shape = Blank("", "shape of the output: rows, columns", (2,))
    span = Blank("span", "what the kernel covers: rows, columns", (2,))
    return [span, shape] if _is_dilated(given) else [shape]


def worked(given: dict[str, Any]) -> str:
    """One axis after the other, with the formula filled in."""
    is_dilated = _is_dilated(given)
    parts = [
        _worked_axis(name, *axis, is_dilated) for name, axis in zip(("Rows", "Columns"), _axes(given), strict=True)
    ]
    if is_dilated:
        rows, columns = (_covered(axis[1], axis[4]) for axis in _axes(given))
        parts.append(f"Span: **({rows}, {columns})**")
    rows, columns = _shape(_axes(given))
    parts.append(f"Shape of the output: **({rows}, {columns})**")
    return "\n\n".join(parts)


def _worked_axis(name: str, size: int, kernel: int, padding: int, stride: int, dilation: int, is_dilated: bool) -> str:
    padded, covered = size + 2 * padding, _covered(kernel, dilation)
    room = padded - covered
    moves, rest = divmod(room, stride)
    lines = [f"**{name}**", "", f"- with the padding: {size} + 2·{padding} = {padded} entries"]
    if is_dilated:
        lines.append(f"- the kernel covers, gaps included: {dilation}·({kernel} − 1) + 1 = {covered}")
    lines += [
        f"- room behind the first window: {padded} − {covered} = {room}",
        f"- whole strides of {stride} in it: {room} // {stride} = {moves}"
        + (f", and {rest} left over" if rest else ""),
        f"- with the first position: {moves} + 1 = **{moves + 1}**",
    ]
    return "\n".join(lines)


def _is_dilated(given: dict[str, Any]) -> bool:
    return bool(given["dilation"] != (1, 1))


def _axes(given: dict[str, Any]) -> Axes:
    names = ("input", "kernel", "padding", "stride", "dilation")
    return list(zip(*(given[name] for name in names), strict=True))


def _covered(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


def _shape(axes: Axes) -> Shape:
    return tuple((size + 2 * pad - _covered(kernel, gap)) // step + 1 for size, kernel, pad, step, gap in axes)


def _is_valid(given: dict[str, Any]) -> bool:
    # PyTorch refuses a pooling whose padding is more than half its kernel.
    return given["layer"] == "convolution" or all(
        2 * p <= k for k, p in zip(given["kernel"], given["padding"], strict=True)
    )


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake gives another shape than the truth and than every other mistake.

    A mistake is named on two wrong numbers at least. One that the slides' example hides must therefore be off on
    both axes here; for one that shows there, a single axis will do. So it will for a mistake about the dilation: it
    shows in what the kernel covers as well, on both axes.
    """
    axes = _axes(given)
    truth = _shape(axes)
    if min(truth) < 1:
        return False
    shapes = {truth}
    for shape in _hidden_by_slides(axes, truth):
        if shape[0] == truth[0] or shape[1] == truth[1] or shape in shapes:
            return False
        shapes.add(shape)
    for shape in (*_shown_by_slides(axes), *(_about_dilation(axes) if _is_dilated(given) else ())):
        if shape in shapes:
            return False
        shapes.add(shape)
    # Right wherever one more entry would make another whole stride, else the same as no + 1 at all: has no name.
    return truth != tuple((size + 2 * pad - _covered(kernel, gap) + 1) // step for size, kernel, pad, step, gap in axes)


def _hidden_by_slides(axes: Axes, truth: Shape) -> Iterator[Shape]:
    (m, k, p, s, d), (n, o, q, t, e) = axes
    yield m // s, n // t
    yield (m + p - _covered(k, d)) // s + 1, (n + q - _covered(o, e)) // t + 1
    yield _shape([(m, o, p, s, d), (n, k, q, t, e)])
    yield _shape([(m, k, q, s, d), (n, o, p, t, e)])
    yield _shape([(m, k, p, t, d), (n, o, q, s, e)])
    yield truth[::-1]


def _shown_by_slides(axes: Axes) -> Iterator[Shape]:
    (m, p, s), (n, q, t) = ((size, pad, step) for size, _, pad, step, _ in axes)
    k, o = (_covered(kernel, gap) for _, kernel, _, _, gap in axes)
    yield -((m + 2 * p - k) // -s) + 1, -((n + 2 * q - o) // -t) + 1
    yield (m + 2 * p - k) // s, (n + 2 * q - o) // t
    yield (m - k) // s + 1, (n - o) // t + 1
    yield m + 2 * p - k + 1, n + 2 * q - o + 1
    yield m + 2 * p - k // s + 1, n + 2 * q - o // t + 1


def _about_dilation(axes: Axes) -> Iterator[Shape]:
    (m, k, p, s, d), (n, o, q, t, e) = axes
    yield _shape([(m, k, p, s, 1), (n, o, q, t, 1)])
    yield (m + 2 * p - k * d) // s + 1, (n + 2 * q - o * e) // t + 1
    yield _shape([(m, k, p, s, d + 1), (n, o, q, t, e + 1)])
    yield _shape([(m, k, p, s, e), (n, o, q, t, d)])
