"""Exercise 26: ResNet's basic block. Write it, save, and run:  cnn-tutor check exercise 26"""

import torch
from torch import nn


class BasicBlock(nn.Module):
    """ReLU(bn2(conv2(ReLU(bn1(conv1(x))))) + shortcut(x)); the shortcut is x itself wherever it fits.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output, and between the convolutions.
        stride: of conv1 and of the shortcut; conv2 has stride 1.

    Shapes:
        x       (N, in_channels, H, W)
        output  (N, out_channels, H', W')
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
