"""A convolution as one sum of products over all windows."""

import torch
from torch.nn.functional import pad


def conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """x (N, C_in, H, W), weight (C_out, C_in, K, O) → (N, C_out, H', W')."""
    s, t = _pair(stride)
    p, q = _pair(padding)
    k, o = weight.shape[-2:]

    # (N, C_in, H + 2P, W + 2Q); pad names the last axis first.
    x = pad(x, (q, q, p, p))
    # (N, C_in, H', W', K, O), and of that (N, C_out, H', W').
    windows = x.unfold(2, k, s).unfold(3, o, t)
    output = torch.einsum("nchwij,fcij->nfhw", windows, weight)
    return output if bias is None else output + bias[:, None, None]


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value
