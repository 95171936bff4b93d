"""The right answer: what PyTorch's own batch norm gives in training mode."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F


def answer(given: dict[str, Any]) -> dict[str, object]:
    """Mean, biased variance and output in float64."""
    x, gamma, beta = (torch.tensor(given[name], dtype=torch.float64) for name in ("batch", "gamma", "beta"))
    return {
        "mean": torch.mean(x, dim=0),
        "variance": torch.var(x, dim=0, correction=0),
        "output": F.batch_norm(x, None, None, gamma, beta, training=True, eps=given["eps"]),
    }
