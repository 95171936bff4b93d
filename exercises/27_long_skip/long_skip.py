"""Exercise 27: a long skip. Write it, save, and run:  cnn-tutor check exercise 27"""

import torch
from torch import nn


class UpBlock(nn.Module):
    """One step of U-Net's decoder: upsample x, put the encoder's map beside it, two convolutions with ReLU.

    Args:
        in_channels: channels of x.
        skip_channels: channels of skip, the encoder's map.
        out_channels: channels of x when it is upsampled, and of the output.

    Shapes:
        x       (N, in_channels, h, w)
        skip    (N, skip_channels, H, W), with H ≥ 2h and W ≥ 2w
        output  (N, out_channels, 2h, 2w)
    """

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
