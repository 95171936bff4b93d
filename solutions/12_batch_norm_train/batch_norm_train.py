"""Batch norm in training mode: statistics over all axes but the channels'."""

import torch


def batch_norm(
    x: torch.Tensor,
    gamma: torch.Tensor,
    beta: torch.Tensor,
    eps: float = 1e-5,
) -> torch.Tensor:
    """x (N, C) or (N, C, H, W), gamma and beta (C,) → the shape of x."""
    axes = [axis for axis in range(x.ndim) if axis != 1]  # [0], or [0, 2, 3]
    mean = x.mean(axes, keepdim=True)  # (1, C) or (1, C, 1, 1)
    variance = x.var(axes, correction=0, keepdim=True)
    normalised = (x - mean) / torch.sqrt(variance + eps)
    return gamma.reshape(mean.shape) * normalised + beta.reshape(mean.shape)
