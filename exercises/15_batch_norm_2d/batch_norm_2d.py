"""Exercise 15: a batch norm layer. Write it, save, and run:  cnn-tutor check exercise 15"""

import torch
from torch import nn


class BatchNorm2d(nn.Module):
    """Batch normalisation of images, channel by channel, as nn.BatchNorm2d does it.

    In train mode it normalises with the batch's own statistics and updates the running ones; in eval mode it
    normalises with the running ones and updates nothing.

    Args:
        num_features: how many channels.
        eps: what is added to the variance before the root is taken.
        momentum: the weight of the new value in the running statistics.

    Parameters:
        weight, bias  (num_features,): γ and β

    Buffers:
        running_mean, running_var  (num_features,)
        num_batches_tracked        (): an int64, how many batches have been seen in train mode

    Shapes:
        x       (N, num_features, H, W)
        output  the same
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
