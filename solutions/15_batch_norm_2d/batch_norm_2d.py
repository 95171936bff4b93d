"""Batch norm as a layer: what learns, what remembers, and two modes."""

import torch
from torch import nn


class BatchNorm2d(nn.Module):
    """Its names are nn.BatchNorm2d's: each loads what the other has saved."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
    ) -> None:
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))  # γ
        self.bias = nn.Parameter(torch.zeros(num_features))  # β
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        if self.training:
            mean = x.mean(dim=(0, 2, 3))  # (C,)
            var = x.var(dim=(0, 2, 3), correction=0)
            m = x.numel() // x.shape[1]  # N·H·W
            self._remember(mean.detach(), var.detach(), m)
        else:
            mean, var = self.running_mean, self.running_var
        root = torch.sqrt(_by_channel(var) + self.eps)
        normalised = (x - _by_channel(mean)) / root
        return _by_channel(self.weight) * normalised + _by_channel(self.bias)

    def _remember(self, mean: torch.Tensor, var: torch.Tensor, m: int) -> None:
        """Update the running statistics; a channel has m entries."""
        new, old = self.momentum, 1 - self.momentum
        unbiased = var * m / (m - 1)
        self.running_mean = old * self.running_mean + new * mean
        self.running_var = old * self.running_var + new * unbiased
        self.num_batches_tracked += 1


def _by_channel(values: torch.Tensor) -> torch.Tensor:
    """(C,) → (1, C, 1, 1), which lies along the channels of x."""
    return values.reshape(1, -1, 1, 1)
