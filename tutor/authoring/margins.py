"""How far numbers are from where they would be judged otherwise.

A tolerance is right when a right answer's rounding is far below it and a wrong answer's error far above. Both are
measured as the largest error over the tolerance; :mod:`tutor.authoring.bounds` has the bounds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tutor.checks import Trouble
from tutor.checks.compare import parts, same_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.checks import Observation
    from tutor.course.manifest import Tolerance


def largest_error(expected: Observation, got: Observation, tolerance: Tolerance) -> float:
    """The largest error over the tolerance among all values of a case; inf where one differs otherwise than by size.

    Args:
        expected: of the oracle, which is never in trouble.
        got: of another program.
    """
    if isinstance(got.values, Trouble) or isinstance(expected.values, Trouble):
        return math.inf
    own = got.values
    return max((_error(value, own.get(name), tolerance) for name, value in expected.values.items()), default=0.0)


def largest_error_of_entries(expected: Mapping[Any, float], got: Mapping[Any, float], atol: float) -> float:
    """The same for the numbers of a by-hand answer; inf where one is missing."""
    return max((error_of_number(number, got.get(key, math.inf), atol) for key, number in expected.items()), default=0.0)


def error_of_number(expected: float, got: float, tolerance: float) -> float:
    """An error over the tolerance."""
    error = abs(got - expected)
    if error == 0:
        return 0.0
    return error / tolerance if tolerance and math.isfinite(error) else math.inf


def _error(expected: Any, got: Any, tolerance: Tolerance) -> float:
    if (both := parts(expected, got)) is not None:
        return max((_error(mine, its, tolerance) for _, mine, its in both), default=0.0)
    if isinstance(expected, float) and isinstance(got, float):
        return error_of_number(expected, got, tolerance.atol + tolerance.rtol * abs(expected))
    if not isinstance(expected, torch.Tensor):
        return 0.0 if same_value(expected, got, tolerance) else math.inf
    if not isinstance(got, torch.Tensor) or got.shape != expected.shape or got.dtype != expected.dtype:
        return math.inf
    if not expected.numel():
        return 0.0
    # Of small tensors NumPy does this in a fifth of PyTorch's time, and there are very many.
    here, there = got.double().numpy(), expected.double().numpy()
    with np.errstate(all="ignore"):
        error = np.abs(here - there) / (tolerance.atol + tolerance.rtol * np.abs(there))
    worst = float(error.max())
    if math.isfinite(worst):
        return worst
    # 0 over 0 where the tolerance is 0 and the number right; or an infinity that is right.
    error = np.where(here == there, 0.0, error)
    return float(np.where(np.isnan(error), math.inf, error).max())
