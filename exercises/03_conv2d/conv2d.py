"""Exercise 3: a convolution. Write it, save, and run:  cnn-tutor check exercise 3"""

import torch


def conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """The convolution of PyTorch's conv2d, made of other operations.

    Args:
        x: the images.
        weight: the filters, one kernel for each input channel.
        bias: one number for each filter, or None for none.
        stride: how far the window moves, (down, across) or one int for both.
        padding: how many rows and columns of zeros at each edge, likewise.

    Shapes:
        x       (N, C_in, H, W)
        weight  (C_out, C_in, K, O)
        bias    (C_out,)
        output  (N, C_out, H', W')
    """
    raise NotImplementedError
