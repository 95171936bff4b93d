"""The residual block of He et al. (2016), in its plain form."""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """ReLU(x + conv2(ReLU(conv1(x))))."""

    def __init__(self, channels: int, hidden_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, hidden_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(hidden_channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, channels, H, W) → (N, channels, H, W)."""
        h = torch.relu(self.conv1(x))  # (N, hidden_channels, H, W)
        residual = self.conv2(h)  # (N, channels, H, W)
        return torch.relu(x + residual)
