"""What exercise 21 trains: plain and residual nets of any depth, in which all blocks are alike.

After He et al., *Deep Residual Learning* (2015), section 4.2, in small: one size of feature maps instead of three, and
the mean of each quarter of the last one instead of all of it.
"""

import torch
from torch import nn

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"

CHANNELS = 8


def plain(depth: int) -> nn.Module:
    """A net of so many layers with weights, an even number from 4: (N, 1, 28, 28) → (N, 10)."""
    return _net(depth, has_shortcuts=False)


def residual(depth: int) -> nn.Module:
    """The same layers, with a shortcut around every two of them."""
    return _net(depth, has_shortcuts=True)


class Block(nn.Module):
    """Two 3×3 convolutions with batch norm. (N, 8, 7, 7) → (N, 8, 7, 7)."""

    def __init__(self, *, has_shortcut: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(CHANNELS)
        self.conv2 = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(CHANNELS)
        self.has_shortcut = has_shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return torch.relu(x + y if self.has_shortcut else y)


def _net(depth: int, *, has_shortcuts: bool) -> nn.Module:
    blocks = (depth - 2) // 2
    net = nn.Sequential(
        # (N, 1, 28, 28)
        nn.Conv2d(1, CHANNELS, 5, stride=4, padding=2, bias=False),
        nn.BatchNorm2d(CHANNELS),
        nn.ReLU(),
        # (N, 8, 7, 7)
        *(Block(has_shortcut=has_shortcuts) for _ in range(blocks)),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        # (N, 32)
        nn.Linear(4 * CHANNELS, 10),
    )
    # As in the paper; PyTorch's own first weights are smaller, which would be a second difference.
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return net
