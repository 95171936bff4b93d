"""The right answer: what PyTorch's own batch norm gives in eval mode."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

STORED = ("mean", "variance", "gamma", "beta")


def answer(given: dict[str, Any]) -> dict[str, object]:
    """The first sample of what arrives, normalised and as the layer's output, in float64."""
    arriving = torch.tensor([given["sample"], *given["others"]], dtype=torch.float64)
    mean, variance, gamma, beta = (torch.tensor(given[name], dtype=torch.float64) for name in STORED)
    normalised = F.batch_norm(arriving, mean, variance, training=False, eps=given["eps"])
    output = F.batch_norm(arriving, mean, variance, gamma, beta, training=False, eps=given["eps"])
    return {"normalised": normalised[0], "output": output[0]}
