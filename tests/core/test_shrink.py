"""Simpler values for a case that fails."""

from __future__ import annotations

import torch

from tutor.checks import Case
from tutor.checks.shrink import shrink


def test_values_become_zeros_wherever_the_case_fails_still() -> None:
    case = Case(x=torch.tensor([2.7, -1.2, 3.1, 0.4]), y=torch.tensor([5.0]))
    simplest = shrink(case, ["x"], lambda case: bool(case.x[2] > 0))
    assert simplest.x.tolist() == [0, 0, 1, 0]
    assert simplest.y.tolist() == [5]


def test_a_tensor_that_the_case_has_not_is_let_be() -> None:
    case = Case(x=torch.tensor([2.5]), bias=None)
    simplest = shrink(case, ["bias", "x"], lambda case: True)
    assert simplest.bias is None
    assert simplest.x.tolist() == [0]


def test_a_tensor_keeps_the_order_of_its_axes_in_memory() -> None:
    case = Case(x=torch.arange(1.0, 7.0).reshape(2, 3).t())
    simplest = shrink(case, ["x"], lambda case: bool(case.x[2, 0] != 0))
    assert simplest.x.tolist() == [[0, 0], [0, 0], [1, 0]]
    assert simplest.x.stride() == case.x.stride()
