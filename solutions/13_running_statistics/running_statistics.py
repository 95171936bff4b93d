"""Running statistics: a weighted mean of what was and what the new batch says."""

import torch


def update_running(
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    x: torch.Tensor,
    momentum: float = 0.1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """running_mean and running_var (C,), x (N, C) or (N, C, H, W) → two new tensors (C,)."""
    axes = [axis for axis in range(x.ndim) if axis != 1]  # [0], or [0, 2, 3]
    with torch.no_grad():  # what is stored must not hold on to the batch's graph
        mean = (1 - momentum) * running_mean + momentum * x.mean(axes)
        var = (1 - momentum) * running_var + momentum * x.var(axes, correction=1)
    return mean, var
