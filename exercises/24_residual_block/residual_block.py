"""Exercise 24: a residual block. Write it, save, and run:  cnn-tutor check exercise 24"""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """ReLU(x + conv2(ReLU(conv1(x)))); both convolutions 3×3, padding 1, with bias.

    Args:
        channels: channels of the input, and again of the output.
        hidden_channels: channels between the two convolutions.

    Shapes:
        x       (N, channels, H, W)
        output  (N, channels, H, W)
    """

    def __init__(self, channels: int, hidden_channels: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
