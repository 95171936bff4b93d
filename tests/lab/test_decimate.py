from __future__ import annotations

import random
from math import inf, nan

import pytest

from tutor.lab.decimate import min_max


def test_a_curve_that_fits_is_kept_whole() -> None:
    assert min_max([3.0, 1.0, 2.0], columns=2) == ([1, 2, 3], [3, 1, 2])


def test_nothing_is_kept_of_nothing_and_for_no_columns() -> None:
    assert min_max([], columns=10) == ([], [])
    assert min_max([1.0, 2.0], columns=0) == ([], [])
    assert min_max([1.0, 2.0], columns=-1) == ([], [])


def test_a_spike_always_shows() -> None:
    for place in range(1000):
        values = [0.5] * 1000
        values[place] = 99.0
        x, y = min_max(values, columns=7)
        assert (place + 1, 99.0) in zip(x, y, strict=True)


@pytest.mark.parametrize("seed", range(20))
def test_extremes_order_and_number(seed: int) -> None:
    draw = random.Random(seed)
    values = [draw.choice([nan, inf, -inf]) if draw.random() < 0.1 else draw.gauss(0, 1) for _ in range(seed * 57 + 3)]
    columns = draw.randint(1, 90)
    x, y = min_max(values, columns)
    finite = [value for value in values if value not in (inf, -inf) and value == value]
    assert len(x) == len(y) <= 2 * columns
    assert x == sorted(set(x))
    assert [values[int(step) - 1] for step in x] == y
    assert (min(y), max(y)) == (min(finite), max(finite))


def test_a_column_without_any_finite_value_is_empty() -> None:
    assert min_max([1.0, 2.0, 3.0, nan, nan, inf, 4.0, 5.0, 6.0], columns=3) == ([1, 3, 7, 9], [1, 3, 4, 6])
