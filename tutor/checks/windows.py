"""Which part of the input one element of a convolution's or a pooling's output is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.checks.transcript import number
from tutor.verdict import Window

if TYPE_CHECKING:
    import torch

Pair = int | tuple[int, int]

PADDING = "·"


def sliding_window(
    x: torch.Tensor,
    index: tuple[int, ...],
    kernel_size: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    *,
    channel: int | None = None,
    name: str = "x",
) -> Window:
    """The window under which an element of the output lies.

    Args:
        x: the input, (N, C, H, W).
        index: of the element, (sample, output channel, row, column).
        channel: the one input channel that matters, as in pooling; None for all of them, as in convolution.
        name: what the learner calls the input.
    """
    sample, _, row, column = index
    places = [
        _places(start, *axis)
        for start, *axis in zip(
            (row, column), _pair(kernel_size), _pair(stride), _pair(padding), _pair(dilation), strict=True
        )
    ]
    channels = range(x.shape[1]) if channel is None else [channel]
    height, width = x.shape[2:]
    tables = tuple(
        tuple(
            tuple(
                number(x[sample, c, r, s].item()) if 0 <= r < height and 0 <= s < width else PADDING
                for s in places[1]
            )
            for r in places[0]
        )
        for c in channels
    )  # fmt: skip
    where = f"{name}[{sample}, {':' if channel is None else channel}"
    if any(PADDING in line for table in tables for line in table):
        # As a slice, -1 would count from the end.
        rows, columns = map(_range, places)
        says = f"{where}], rows {rows}, columns {columns}; {PADDING} is padding"
    else:
        rows, columns = map(_slice, places)
        says = f"{where}, {rows}, {columns}]"
    return Window(says, tables, channel or 0)


def _places(position: int, kernel: int, stride: int, padding: int, dilation: int) -> list[int]:
    """Where the window's entries lie on one axis of the input; negative or too large where there is padding."""
    first = position * stride - padding
    return [first + dilation * step for step in range(kernel)]


def _slice(places: list[int]) -> str:
    step = places[1] - places[0] if len(places) > 1 else 1
    return f"{places[0]}:{places[-1] + 1}" + (f":{step}" if step > 1 else "")


def _range(places: list[int]) -> str:
    step = places[1] - places[0] if len(places) > 1 else 1
    if step > 1:
        return ", ".join(map(str, places))
    return f"{places[0]}" if len(places) == 1 else f"{places[0]} to {places[-1]}"


def _pair(value: Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value
