"""The right answer: what PyTorch's own convolution gives."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F


def answer(given: dict[str, Any]) -> dict[str, object]:
    """The output in float64."""
    # One image with one channel, one output channel.
    x, weight = (torch.tensor([[given[name]]], dtype=torch.float64) for name in ("input", "kernel"))
    bias = torch.tensor([given["bias"]], dtype=torch.float64)
    return {"": F.conv2d(x, weight, bias, given["stride"], given["padding"])[0, 0]}
