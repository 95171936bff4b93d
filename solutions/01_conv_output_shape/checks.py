"""The right answer: the shape that PyTorch's own layer gives."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F


def answer(given: dict[str, Any]) -> dict[str, object]:
    """The shape of the output, by running the layer; with a dilation also what the kernel covers."""
    x, kernel = torch.zeros(1, 1, *given["input"]), torch.zeros(1, 1, *given["kernel"])
    stride, padding, dilation = given["stride"], given["padding"], given["dilation"]
    if given["layer"] == "max pooling":
        out = F.max_pool2d(x, given["kernel"], stride, padding, dilation)
    else:
        out = F.conv2d(x, kernel, None, stride, padding, dilation)
    answers: dict[str, object] = {"": list(out.shape[-2:])}
    if dilation == (1, 1):
        return answers
    # Backwards, one entry of the output is spread over all that the kernel covers.
    spread = F.conv_transpose2d(torch.zeros(1, 1, 1, 1), kernel, dilation=dilation)
    return {"span": list(spread.shape[-2:]), **answers}
