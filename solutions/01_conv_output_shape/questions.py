"""The questions: the slides' example, and layers whose numbers differ on the two axes. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Axes = list[tuple[int, int, int, int]]
"""Input, kernel, padding and stride of the rows, then of the columns."""

Shape = tuple[int, ...]

SLIDES: dict[str, Any] = {
    "layer": "convolution",
    "input": (4, 4),
    "kernel": (3, 3),
    "padding": (1, 1),
    "stride": (2, 2),
}


def variant(rng: random.Random) -> dict[str, Any]:
    """A layer on which every known mistake shows."""
    layer = rng.choice(("convolution", "max pooling"))
    while True:
        given = {
            "layer": layer,
            "input": tuple(rng.sample(range(8, 41), 2)),
            "kernel": tuple(rng.sample(range(2, 10), 2)),
            "padding": tuple(rng.sample(range(1, 5), 2)),
            "stride": tuple(rng.sample(range(1, 5), 2)),
        }
        if _is_valid(given) and _tells_mistakes_apart(given):
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words."""
    (m, n), (k, o) = given["input"], given["kernel"]
    return (
        f"{given['layer'].capitalize()}: input {m}×{n}, kernel {k}×{o}, "
        f"padding {given['padding']}, stride {given['stride']}.\n"
        "What is the shape of the output: rows, columns?"
    )


def blanks(given: dict[str, Any]) -> list[Blank]:  # noqa: ARG001
    """One pair."""
    return [Blank("", "rows, columns", (2,))]


def worked(given: dict[str, Any]) -> str:
    """One axis after the other, with the formula filled in."""
    names = ("Rows", "Columns")
    axes = zip(names, given["input"], given["kernel"], given["padding"], given["stride"], strict=True)
    return "\n".join(_worked_axis(*axis) for axis in axes)


def _worked_axis(name: str, size: int, kernel: int, padding: int, stride: int) -> str:
    padded = size + 2 * padding
    room = padded - kernel
    return (
        f"- **{name}.** Padded: {size} + 2·{padding} = {padded} entries. Behind the first window: "
        f"{padded} − {kernel} = {room}. Whole strides of {stride} in it: {room // stride}. "
        f"With the first position: {room // stride} + 1 = **{room // stride + 1}**."
    )


def _is_valid(given: dict[str, Any]) -> bool:
    # PyTorch refuses a pooling whose padding is more than half its kernel.
    return given["layer"] == "convolution" or all(
        2 * p <= k for k, p in zip(given["kernel"], given["padding"], strict=True)
    )


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake gives another shape than the truth and than every other mistake.

    A mistake is named on three wrong numbers at least. One that the slides' example hides must therefore be off on
    both axes here; for one that shows there, a single axis will do.
    """
    axes = list(zip(given["input"], given["kernel"], given["padding"], given["stride"], strict=True))
    truth = tuple((size + 2 * pad - kernel) // step + 1 for size, kernel, pad, step in axes)
    if min(truth) < 1:
        return False
    shapes = {truth}
    for shape in _hidden_by_slides(axes, truth):
        if shape[0] == truth[0] or shape[1] == truth[1] or shape in shapes:
            return False
        shapes.add(shape)
    for shape in _shown_by_slides(axes):
        if shape in shapes:
            return False
        shapes.add(shape)
    # Right wherever one more entry would make another whole stride, else the same as no + 1 at all: has no name.
    return truth != tuple((size + 2 * pad - kernel + 1) // step for size, kernel, pad, step in axes)


def _hidden_by_slides(axes: Axes, truth: Shape) -> Iterator[Shape]:
    (m, k, p, s), (n, o, q, t) = axes
    yield m // s, n // t
    yield (m + p - k) // s + 1, (n + q - o) // t + 1
    yield (m + 2 * p - o) // s + 1, (n + 2 * q - k) // t + 1
    yield (m + 2 * q - k) // s + 1, (n + 2 * p - o) // t + 1
    yield (m + 2 * p - k) // t + 1, (n + 2 * q - o) // s + 1
    yield truth[::-1]


def _shown_by_slides(axes: Axes) -> Iterator[Shape]:
    (m, k, p, s), (n, o, q, t) = axes
    yield -((m + 2 * p - k) // -s) + 1, -((n + 2 * q - o) // -t) + 1
    yield (m + 2 * p - k) // s, (n + 2 * q - o) // t
    yield (m - k) // s + 1, (n - o) // t + 1
    yield m + 2 * p - k + 1, n + 2 * q - o + 1
    yield m + 2 * p - k // s + 1, n + 2 * q - o // t + 1
