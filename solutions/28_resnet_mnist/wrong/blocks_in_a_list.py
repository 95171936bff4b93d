# expect: check=alone misconception=depends-on-the-batch
"""The blocks sit in a plain list, where eval() does not reach them."""

import torch
from torch import nn

predicted = 99.2


class BasicBlock(nn.Module):
    """ReLU(bn2(conv2(ReLU(bn1(conv1(x))))) + shortcut(x)), as in exercise 26."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(h)) + self.shortcut(x))


class MiniResNet(nn.Module):
    """A stem that halves the image, two blocks that halve it again, and one linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 16, kernel_size=5, stride=2, padding=2, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.blocks = [BasicBlock(16, 32, stride=2), BasicBlock(32, 64, stride=2)]
        self.linear = nn.Linear(64 * 4 * 4, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) → (N, 10), logits."""
        x = torch.relu(self.norm(self.conv(x)))  # (N, 16, 14, 14)
        for block in self.blocks:
            x = block(x)
        return self.linear(torch.flatten(x, start_dim=1))
