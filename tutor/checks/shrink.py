"""Making the values of a failing case simpler, so that its counterexample can be followed by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tutor.checks.cases import Case

MAX_TRIES = 40
"""How many simpler cases are tried: a number, not a time, so that the same submission gets the same counterexample."""


def shrink(case: Case, names: Iterable[str], still_fails: Callable[[Case], bool]) -> Case:
    """A simpler case that fails still: whole numbers, then -1, 0 and 1, then zeros wherever they will do.

    Args:
        case: fails.
        names: which of its tensors may be changed; their shapes stay. One that is None in this case is let be.
        still_fails: whether a case fails in the same way.
    """
    tries = MAX_TRIES
    for name in names:
        if case.value(name) is None:
            continue
        for simplify in _steps(case.value(name).numel()):
            before = case.value(name)
            simpler = simplify(before)
            if torch.equal(simpler, before):
                continue
            if not tries:
                return case
            tries -= 1
            candidate = case.replaced(name, simpler)
            if still_fails(candidate):
                case = candidate
    return case


def _steps(size: int) -> Iterator[Callable[[torch.Tensor], torch.Tensor]]:
    """Ways to make a tensor of so many entries simpler, the boldest first."""
    yield torch.round
    yield torch.sign
    block = size
    while block:
        for start in range(0, size, block):
            yield partial(_zeroed, start=start, length=block)
        block //= 2


def _zeroed(tensor: torch.Tensor, *, start: int, length: int) -> torch.Tensor:
    places = torch.arange(tensor.numel()).view(tensor.shape)
    simpler = tensor.clone()
    simpler[(places >= start) & (places < start + length)] = 0
    return simpler
