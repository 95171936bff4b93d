"""Comparing what two programs gave."""

from __future__ import annotations

import math

import pytest
import torch

from tutor.checks.check import Observation
from tutor.checks.compare import difference, same_observation
from tutor.course.manifest import Tolerance

TOLERANCE = Tolerance(atol=1e-9, rtol=1e-9, says="nearly exact")
INF, NAN = math.inf, math.nan


def seen(*values: float) -> Observation:
    return Observation({"output": torch.tensor(values, dtype=torch.float64)})


@pytest.mark.parametrize("value", [0.0, 2.5, INF, -INF, NAN])
def test_a_program_agrees_with_itself(value: float) -> None:
    assert same_observation(seen(1.0, value), seen(1.0, value), TOLERANCE)


@pytest.mark.parametrize(("one", "other"), [(INF, 0.0), (-INF, INF), (NAN, 0.0), (NAN, INF), (1.0, 1.0 + 1e-6)])
def test_what_differs_agrees_in_neither_direction(one: float, other: float) -> None:
    assert not same_observation(seen(one), seen(other), TOLERANCE)
    assert not same_observation(seen(other), seen(one), TOLERANCE)


def test_another_dtype_is_what_is_shown() -> None:
    single = Observation({"output": torch.tensor([1.0])})
    found = difference(seen(1.0), single, TOLERANCE)
    assert found is not None
    assert (found.expected, found.got) == ("torch.float64", "torch.float32")


@pytest.mark.parametrize("value", [INF, -INF, NAN])
def test_what_is_not_finite_is_off(value: float) -> None:
    found = difference(seen(1.0, 2.0), seen(1.0, value), TOLERANCE)
    assert found is not None
    assert found.index == (1,)
