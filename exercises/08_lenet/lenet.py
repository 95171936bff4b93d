"""Exercise 8: LeNet. Write it, save, and run:  cnn-tutor check exercise 8"""

import torch
from torch import nn


class LeNet(nn.Module):
    """Two times convolution, ReLU, max pooling; then three linear layers with ReLU between them.

    Shapes:
        x       (N, 1, 28, 28)
        output  (N, 10), logits
    """

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
