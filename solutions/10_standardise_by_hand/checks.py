"""The right answer: PyTorch's mean, biased variance and standard deviation."""

from __future__ import annotations

from typing import Any

import torch


def answer(given: dict[str, Any]) -> dict[str, object]:
    """Mean, variance, standard deviation and standardised values in float64."""
    x = torch.tensor(given["x"], dtype=torch.float64)
    mean, std = torch.mean(x), torch.std(x, correction=0)
    return {
        "mean": mean,
        "variance": torch.var(x, correction=0),
        "std": std,
        "standardised": (x - mean) / std,
    }
