"""The right answer: the block as PyTorch computes it, place by place."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F


def answer(given: dict[str, Any]) -> dict[str, object]:
    """What is at each place of the block, in float64."""
    x = torch.tensor(given["x"], dtype=torch.float64)
    conv1 = _conv(given["convs"][0], x) if given["convs"] else torch.tensor(given["conv1"], dtype=torch.float64)
    hidden = torch.relu(conv1)
    if given["convs"]:
        residual = _conv(given["convs"][1], hidden)
    else:
        residual = torch.tensor(given["residual"], dtype=torch.float64)
    total = x + residual
    tables = {"conv1": conv1, "hidden": hidden, "residual": residual, "sum": total, "output": torch.relu(total)}
    return {suffix: tables[suffix] for suffix in given["asked"]}


def _conv(weight_and_bias: tuple[float, float], x: torch.Tensor) -> torch.Tensor:
    """A 1×1 convolution of one channel."""
    weight, bias = (torch.tensor([number], dtype=torch.float64) for number in weight_and_bias)
    return F.conv2d(x[None, None], weight[:, None, None, None], bias)[0, 0]
