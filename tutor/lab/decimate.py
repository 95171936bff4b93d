"""Thinning a curve for a plot without hiding its spikes. Imports no torch."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def min_max(values: Sequence[float], columns: int) -> tuple[list[float], list[float]]:
    """Keep the smallest and the largest value of each column of a plot, in the order in which they came.

    Args:
        values: the curve; the first value is step 1's. What is not finite is left out.
        columns: how many columns the plot is wide; below 1 nothing is kept.

    Returns:
        x (step numbers, rising) and y, equally long: at most two points a column, and all there are where they fit.
    """
    if len(values) <= 2 * columns:
        kept = _finite(values, 0, len(values))
    else:
        kept = []
        for column in range(columns):
            start, stop = column * len(values) // columns, (column + 1) * len(values) // columns
            if bucket := _finite(values, start, stop):
                kept += sorted({min(bucket, key=values.__getitem__), max(bucket, key=values.__getitem__)})
    return [float(index + 1) for index in kept], [values[index] for index in kept]


def _finite(values: Sequence[float], start: int, stop: int) -> list[int]:
    return [index for index in range(start, stop) if isfinite(values[index])]
