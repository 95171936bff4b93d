"""What a few seeds allow to be said: means, their intervals, and whether a difference is shown. Imports no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from statistics import fmean, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean, as well as it is known.

    Attributes:
        count: of how many values it is the mean.
        mean: the mean.
        deviation: the values' standard deviation, with n - 1; None of a single value.
        margin: half the width of the mean's 95 % interval; None of a single value.
    """

    count: int
    mean: float
    deviation: float | None = None
    margin: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """From where to where the 95 % interval reaches; None of a single value."""
        return None if self.margin is None else (self.mean - self.margin, self.mean + self.margin)


class Verdict(Enum):
    """What a paired difference shows."""

    ONE_SEED = "one seed shows nothing"
    NO_DIFFERENCE = "no difference shown"
    MORE = "more"
    LESS = "less"


def estimate(values: Sequence[float]) -> Estimate:
    """The mean with its t-interval, which takes the values for independent and normally distributed.

    Source: Student, *The probable error of a mean* (1908).

    Raises:
        ValueError: there are no values.
    """
    mean = fmean(values)
    if len(values) == 1:
        return Estimate(1, mean)
    deviation = stdev(values)
    return Estimate(len(values), mean, deviation, t_quantile(len(values) - 1) * deviation / math.sqrt(len(values)))


def differences(reference: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
    """By how much each value of ``other`` is more than its partner, the value of ``reference`` in the same place."""
    return tuple(one - its_partner for its_partner, one in zip(reference, other, strict=True))


def verdict(difference: Estimate) -> Verdict:
    """What the mean of paired differences shows: nothing, as long as its interval includes zero."""
    if difference.interval is None:
        return Verdict.ONE_SEED
    low, high = difference.interval
    if low <= 0 <= high:
        return Verdict.NO_DIFFERENCE
    return Verdict.MORE if low > 0 else Verdict.LESS


def t_quantile(degrees: int) -> float:
    """The t within which Student's distribution has 95 % of its mass: P(-t ≤ T ≤ t) = 0.95.

    Args:
        degrees: of freedom, 1 or more.
    """
    low, high = 0.0, math.pi / 2
    # As an angle, because that is bounded; bisected until no number is left between the two.
    while low < (middle := (low + high) / 2) < high:
        if _mass_within(middle, degrees) < CONFIDENCE:
            low = middle
        else:
            high = middle
    return math.sqrt(degrees) * math.tan(low)


def _mass_within(angle: float, degrees: int) -> float:
    """The mass of Student's distribution between -t and t, where t = √degrees · tan(angle).

    Source: Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 26.7.3 and 26.7.4, finite sums.
    """
    is_odd = degrees % 2
    term, total = math.cos(angle) if is_odd else 1.0, 0.0
    for factor in range(2 + is_odd, degrees + 1, 2):
        total += term
        term *= math.cos(angle) ** 2 * (factor - 1) / factor
    mass = math.sin(angle) * total
    return 2 / math.pi * (angle + mass) if is_odd else mass
