"""Exercise 17: LeNet with batch norm. Predict, write it, save, and run:  cnn-tutor check exercise 17"""

import torch
from torch import nn

# First your prediction. Both networks see 10,000 digits of MNIST once, in batches of 64, and are then tested on the
# 10,000 test digits. How many of these, in per cent, will each get right? (With guessing it would be 10.)
predicted_without = ...  # LeNet
predicted_with = ...  # LeNet with batch norm


class LeNetBN(nn.Module):
    """LeNet with a batch norm behind each convolution and each hidden linear layer, before the ReLU.

    Shapes:
        x       (N, 1, 28, 28)
        output  (N, 10), logits
    """

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
