"""The right answer: what PyTorch gives for this mask, without one, and on average over all masks."""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from torch import nn


def answer(given: dict[str, Any]) -> dict[str, object]:
    """All three in float64."""
    x = torch.tensor(given["x"], dtype=torch.float64)
    mask = torch.tensor(given["mask"], dtype=torch.bool)
    layer = nn.Dropout(given["p"]).eval()
    return {"train": dropped(x, mask, given["p"]), "eval": layer(x), "expected": mean_over_all_masks(x, given["p"])}


def dropped(x: torch.Tensor, mask: torch.Tensor, p: float) -> torch.Tensor:
    """What dropout makes of x where this mask has been drawn.

    Nobody can hand a mask to PyTorch's dropout, but going back it has one: what it does to a gradient then is what it
    has done to x.
    """
    gone_through: torch.Tensor = torch.ops.aten.native_dropout_backward(x, mask, 1 / (1 - p))
    return gone_through


def mean_over_all_masks(x: torch.Tensor, p: float) -> torch.Tensor:
    """Each of the 2ⁿ masks, with the probability with which it is drawn."""
    total = torch.zeros_like(x)
    for kept in product((False, True), repeat=x.numel()):
        mask = torch.tensor(kept).reshape(x.shape)
        total += (1 - p) ** sum(kept) * p ** (x.numel() - sum(kept)) * dropped(x, mask, p)
    return total
