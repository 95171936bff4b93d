"""The right answer: the shape that PyTorch's own layer gives."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F


def answer(given: dict[str, Any]) -> dict[str, object]:
    """The shape of the output, by running the layer."""
    x = torch.zeros(1, 1, *given["input"])
    if given["layer"] == "max pooling":
        out = F.max_pool2d(x, given["kernel"], given["stride"], given["padding"])
    else:
        out = F.conv2d(x, torch.zeros(1, 1, *given["kernel"]), None, given["stride"], given["padding"])
    return {"": list(out.shape[-2:])}
