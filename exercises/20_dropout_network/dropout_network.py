"""Exercise 20: LeNet with dropout. Predict, write it, save, and run:  cnn-tutor check exercise 20"""

import torch
from torch import nn

# First your prediction. Three networks, with p = 0, p = 0.5 and p = 0.9, see 10,000 digits of MNIST once, in batches of
# 64, and are then tested on the 10,000 test digits.
predicted_best_p = ...  # which gets most of them right: that with 0, with 0.5 or with 0.9?
predicted_with_0_9 = ...  # how many, in per cent, that with p = 0.9? (With guessing it would be 10.)


class DropoutNet(nn.Module):
    """LeNet with a dropout behind each hidden linear layer and its ReLU.

    Args:
        p: the probability of an element to be set to 0, of both dropouts.

    Shapes:
        x       (N, 1, 28, 28)
        output  (N, 10), logits
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
