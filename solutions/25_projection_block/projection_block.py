"""A residual block whose shortcut is a convolution, for where the shape changes."""

import torch
from torch import nn


class ProjectionBlock(nn.Module):
    """ReLU(conv2(ReLU(conv1(x))) + shortcut(x))."""

    def __init__(self, in_channels: int, hidden_channels: int, out_channels: int, stride: int = 2) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, hidden_channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(hidden_channels, out_channels, kernel_size=3, stride=stride, padding=1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, in_channels, H, W) → (N, out_channels, H', W')."""
        h = torch.relu(self.conv1(x))  # (N, hidden_channels, H, W)
        residual = self.conv2(h)  # (N, out_channels, H', W')
        return torch.relu(residual + self.shortcut(x))
