"""Pooling as a reduction over all windows."""

import torch
from torch.nn.functional import pad


def max_pool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """(N, C, H, W) → (N, C, H', W'). The padding, −∞, never wins."""
    windows = _windows(x, kernel_size, stride, padding, around=-torch.inf)
    return windows.amax(dim=(-2, -1))


def avg_pool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """(N, C, H, W) → (N, C, H', W'). The padding's zeros are averaged in."""
    windows = _windows(x, kernel_size, stride, padding, around=0.0)
    return windows.mean(dim=(-2, -1))


def _windows(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None,
    padding: int | tuple[int, int],
    around: float,
) -> torch.Tensor:
    """All windows of x with its padding, as a view: (N, C, H', W', K, O)."""
    k, o = _pair(kernel_size)
    s, t = _pair(kernel_size if stride is None else stride)
    p, q = _pair(padding)
    # (N, C, H + 2P, W + 2Q); pad names the last axis first.
    x = pad(x, (q, q, p, p), value=around)
    return x.unfold(2, k, s).unfold(3, o, t)


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value
