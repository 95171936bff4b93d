"""Running statistics: a weighted mean of what was and what the batch says."""

import torch


def update_running(
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    x: torch.Tensor,
    momentum: float = 0.1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Statistics (C,), x (N, C) or (N, C, H, W) → two new tensors (C,)."""
    axes = [axis for axis in range(x.ndim) if axis != 1]  # [0], or [0, 2, 3]
    # What is stored must not hold on to the batch's graph. var() divides by
    # m − 1: that is the unbiased variance.
    with torch.no_grad():
        mean = (1 - momentum) * running_mean + momentum * x.mean(axes)
        var = (1 - momentum) * running_var + momentum * x.var(axes)
    return mean, var
