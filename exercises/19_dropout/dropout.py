"""Exercise 19: dropout. Write it, save, and run:  cnn-tutor check exercise 19"""

import torch
from torch import nn


class Dropout(nn.Module):
    """In train mode sets each element to 0 with probability p, and scales the others; in eval mode does nothing.

    Args:
        p: probability of an element to be set to 0.

    Shapes:
        x       any
        output  as x
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
