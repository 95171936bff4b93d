"""Exercise 9: TextCNN. Write it, save, and run:  cnn-tutor check exercise 9"""

import torch
from torch import nn


class TextCNN(nn.Module):
    """Embedding; for each kernel size a Conv1d, ReLU and the max over time; concatenation, dropout, linear.

    Args:
        vocab_size: how many words there are; token ids are smaller.
        embed_dim: how many numbers the embedding has for a word.
        num_classes: how many logits.
        kernel_sizes: how many words a kernel spans; one Conv1d for each size.
        num_filters: how many kernels of each size.
        dropout: probability of a feature to be dropped, in train mode.

    Shapes:
        tokens  (N, L), int64; L is at least the largest kernel size
        output  (N, num_classes), logits
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        num_classes: int,
        kernel_sizes: tuple[int, ...] = (3, 4, 5),
        num_filters: int = 100,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
