"""One cycle of the learning rate, for the lab's trainings and for those that are graded. Imports no torch.

Source: Smith and Topin, *Super-Convergence* (2018), with cosines as in ``torch.optim.lr_scheduler.OneCycleLR``.
"""

from __future__ import annotations

import math

# Where it begins and where it ends, beside its highest, and after which share of the steps that is.
CYCLE_BEGIN, CYCLE_END, CYCLE_TOP_AT = 1 / 25, 1 / 250_000, 0.3


def one_cycle(progress: float) -> float:
    """By what the learning rate is multiplied after this share of the steps, 0 to 1."""
    if progress < CYCLE_TOP_AT:
        return _between(CYCLE_BEGIN, 1.0, progress / CYCLE_TOP_AT)
    return _between(1.0, CYCLE_END, (progress - CYCLE_TOP_AT) / (1 - CYCLE_TOP_AT))


def _between(begin: float, end: float, progress: float) -> float:
    """Half a cosine from one value to the other."""
    return end + (begin - end) * (1 + math.cos(math.pi * progress)) / 2
