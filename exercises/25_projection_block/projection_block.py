"""Exercise 25: a projection block. Write it, save, and run:  cnn-tutor check exercise 25"""

import torch
from torch import nn


class ProjectionBlock(nn.Module):
    """ReLU(conv2(ReLU(conv1(x))) + shortcut(x)); all three convolutions 3×3, padding 1, with bias.

    Args:
        in_channels: channels of the input.
        hidden_channels: channels between conv1 and conv2.
        out_channels: channels of the output.
        stride: of conv2 and of the shortcut; conv1 has stride 1.

    Shapes:
        x       (N, in_channels, H, W)
        output  (N, out_channels, H', W')
    """

    def __init__(self, in_channels: int, hidden_channels: int, out_channels: int, stride: int = 2) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
