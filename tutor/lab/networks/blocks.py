"""Residual blocks, those of exercises 24, 25 and 26, each with a plain twin: the same without its shortcut.

A block and its twin draw the same starting weights, and so does whatever is made after them: the twin's shortcut is
made too, and let go.

Source: He et al., *Deep Residual Learning for Image Recognition* (2015), sections 3.2 and 3.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

    from tutor.lab.networks.layers import Layers


class ResidualBlock(nn.Module):
    """ReLU(x + conv2(ReLU(conv1(x)))): (N, channels, H, W) → the same shape.

    Args:
        skip: False for the plain twin, ReLU(conv2(ReLU(conv1(x)))).
    """

    def __init__(self, channels: int, hidden_channels: int, layers: Layers, *, skip: bool = True) -> None:
        super().__init__()
        self.conv1 = layers.conv2d(channels, hidden_channels, kernel_size=3, padding=1)
        self.conv2 = layers.conv2d(hidden_channels, channels, kernel_size=3, padding=1)
        self.skip = skip

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) → (N, channels, H, W)."""
        residual: Tensor = self.conv2(torch.relu(self.conv1(x)))
        return torch.relu(x + residual) if self.skip else torch.relu(residual)


class ProjectionBlock(nn.Module):
    """ReLU(conv2(ReLU(conv1(x))) + shortcut(x)): (N, in_channels, H, W) → (N, out_channels, H / stride, W / stride).

    Args:
        stride: of conv2 and of the shortcut.
        skip: False for the plain twin, ReLU(conv2(ReLU(conv1(x)))).
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int,
        out_channels: int,
        stride: int,
        layers: Layers,
        *,
        skip: bool = True,
    ) -> None:
        super().__init__()
        self.conv1 = layers.conv2d(in_channels, hidden_channels, kernel_size=3, padding=1)
        self.conv2 = layers.conv2d(hidden_channels, out_channels, kernel_size=3, stride=stride, padding=1)
        shortcut = layers.conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1)
        self.shortcut = shortcut if skip else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) → (N, out_channels, H', W')."""
        residual: Tensor = self.conv2(torch.relu(self.conv1(x)))
        return torch.relu(residual if self.shortcut is None else residual + self.shortcut(x))


class BasicBlock(nn.Module):
    """ReLU(bn2(conv2(ReLU(bn1(conv1(x))))) + shortcut(x)): (N, in, H, W) → (N, out, H / stride, W / stride).

    The shortcut is x itself where the shapes agree, else a 1×1 convolution with batch norm (the paper's option B).

    Args:
        stride: of conv1 and of the shortcut.
        skip: False for the plain twin, ReLU(bn2(conv2(ReLU(bn1(conv1(x)))))).
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, layers: Layers, *, skip: bool = True) -> None:
        super().__init__()
        self.conv1 = layers.conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = layers.batch_norm2d(out_channels)
        self.conv2 = layers.conv2d(out_channels, out_channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = layers.batch_norm2d(out_channels)
        shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            shortcut = nn.Sequential(
                layers.conv2d(in_channels, out_channels, kernel_size=1, stride=stride, bias=False),
                layers.batch_norm2d(out_channels),
            )
        self.shortcut = shortcut if skip else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) → (N, out_channels, H', W')."""
        hidden = torch.relu(self.bn1(self.conv1(x)))
        residual: Tensor = self.bn2(self.conv2(hidden))
        return torch.relu(residual if self.shortcut is None else residual + self.shortcut(x))
