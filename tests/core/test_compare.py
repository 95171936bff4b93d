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


@pytest.mark.parametrize(
    ("expected", "got", "says"),
    [
        ((3, 4), (3, 4), ""),
        ([0.3, {"a": None}], [0.1 + 0.2, {"a": None}], ""),
        ((torch.ones(2), torch.zeros(3)), (torch.ones(2), torch.zeros(3)), ""),
        (NAN, NAN, ""),
        ((3, 4), (3, True), "v[1] is True; expected 4"),
        ((3, 4), (torch.tensor(3), 4), "v[0] is a tensor of shape (); expected 3"),
        ((3, 4), (torch.zeros(2), 4), "v[0] is a tensor of shape (2,); expected 3"),
        ((3, 4), [3, 4], "v is a list; expected a tuple"),
        ((3, 4), (3, 4, 5), "v is a tuple of 3; expected 2"),
        (0.3, 0.31, "v is 0.31; expected 0.3"),
        (INF, 3.0, "v is 3.0; expected inf"),
        ((1, torch.ones(2)), (1, torch.tensor([1.0, 2.0])), "the v[1] is off in 1 of 2 places, first v[1][1]: 2; "
         "expected 1"),
        ({"a": [1]}, {"a": [2]}, "v['a'][0] is 2; expected 1"),
        ({"a": 1}, {"b": 1}, "v has the keys ['b']; expected ['a']"),
    ],
    ids=str,
)  # fmt: skip
def test_values_with_parts_are_compared_part_by_part(expected: object, got: object, says: str) -> None:
    found = difference(Observation({"v": expected}), Observation({"v": got}), TOLERANCE)
    assert (found.says if found else "") == says
