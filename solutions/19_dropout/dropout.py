"""Inverted dropout: train mode drops and scales, eval mode does nothing."""

import torch
from torch import nn


class Dropout(nn.Module):
    """In train mode sets each element to 0 with probability p, and multiplies the others by 1/(1 − p)."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape → the same shape."""
        if not self.training:
            return x
        if self.p == 1:
            return x * 0  # nothing is kept, and 1/(1 − p) would be 1/0
        keep = torch.rand_like(x) >= self.p  # True with probability 1 − p, drawn for each element
        return x * keep / (1 - self.p)
