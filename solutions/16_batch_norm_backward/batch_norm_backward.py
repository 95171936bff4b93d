"""Back through a batch norm: two sums per channel, and three paths to x."""

import torch


def batch_norm_backward(
    grad_out: torch.Tensor,
    x: torch.Tensor,
    gamma: torch.Tensor,
    eps: float = 1e-5,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(N, C) or (N, C, H, W) → grad_x like x, the other two (C,)."""
    axes = [0, *range(2, x.ndim)]  # all but the channels
    m = x.numel() / x.shape[1]  # how many numbers a channel has
    mean = x.mean(axes, keepdim=True)
    variance = x.var(axes, keepdim=True, correction=0)
    root = (variance + eps).sqrt()
    x_hat = (x - mean) / root

    sum_g = grad_out.sum(axes, keepdim=True)
    sum_gx = (grad_out * x_hat).sum(axes, keepdim=True)

    direct = grad_out
    through_mean = -sum_g / m
    through_variance = -x_hat * sum_gx / m
    scale = gamma.reshape(root.shape) / root
    grad_x = scale * (direct + through_mean + through_variance)
    return grad_x, sum_gx.flatten(), sum_g.flatten()
