"""Exercise 5: max and average pooling. Write them, save, and run:  cnn-tutor check exercise 5"""

import torch


def max_pool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """The largest entry of each window, channel by channel.

    Args:
        x: the images.
        kernel_size: the window's (rows, columns), or one int for both.
        stride: how far the window moves, (down, across) or one int; None for kernel_size.
        padding: how many rows and columns of −∞ at each edge, likewise.

    Shapes:
        x       (N, C, H, W)
        output  (N, C, H', W')
    """
    raise NotImplementedError


def avg_pool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """The mean of each window, channel by channel; the padding is zeros, and they count.

    Arguments and shapes are those of max_pool2d.
    """
    raise NotImplementedError
