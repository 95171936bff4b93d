"""Ways of looking at a curve: smoothed, its last part alone, on a logarithmic scale. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HALF_LIVES = (0, 10, 50, 200)
"""Steps after which what was weighs half; 0 does not smooth."""
PARTS = (1.0, 0.5, 0.25, 0.1)
"""Of the curve, counted from its end."""
OTHERS = 3
"""So many other runs can be laid beside at most."""


@dataclass(frozen=True)
class CurveView:
    """How the curves are looked at.

    Attributes:
        smoothing: place in :data:`HALF_LIVES`.
        zoom: place in :data:`PARTS`.
        log: whether the loss is drawn by its logarithm.
        others: how many earlier runs are drawn beside.
    """

    smoothing: int = 0
    zoom: int = 0
    log: bool = False
    others: int = 0

    def smoother(self) -> CurveView:
        """With the next smoothing; after the last none."""
        return replace(self, smoothing=(self.smoothing + 1) % len(HALF_LIVES))

    def closer(self) -> CurveView:
        """With the next smaller part; after the smallest all."""
        return replace(self, zoom=(self.zoom + 1) % len(PARTS))

    def with_one_more(self, there: int) -> CurveView:
        """With one more of the other runs that there are; after the last none."""
        return replace(self, others=(self.others + 1) % (min(there, OTHERS) + 1))

    @property
    def says(self) -> str:
        """What is not as it is by default, in words; empty where all is."""
        half_life, part = HALF_LIVES[self.smoothing], PARTS[self.zoom]
        words = [f"smoothed over {half_life} steps"] if half_life else []
        words += [f"the last {part:.0%}"] if part < 1 else []
        words += ["logarithmic"] if self.log else []
        return ", ".join(words)

    def first_step(self, steps: int) -> int:
        """The first of so many steps that is shown, from 1."""
        return steps - round(PARTS[self.zoom] * steps) + 1

    def of_loss(self, loss: float) -> float:
        """Where a loss is drawn."""
        return log10(loss) if self.log and loss > 0 else loss


def smoothed(values: Sequence[float], half_life: int) -> list[float]:
    """The mean of what was, in which the past fades; what is not finite stays as it is and counts for nothing.

    The weights of what is not there yet are left out (as Adam corrects its bias; Kingma and Ba 2015, section 3), so
    that the curve does not begin at 0.
    """
    keep = 0.5 ** (1 / half_life) if half_life else 0.0
    mean, weight = 0.0, 0.0
    result = []
    for value in values:
        if not isfinite(value):
            result.append(value)
            continue
        mean = keep * mean + (1 - keep) * value
        weight = keep * weight + (1 - keep)
        result.append(mean / weight)
    return result
