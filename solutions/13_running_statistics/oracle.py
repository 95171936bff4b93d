"""What submissions are compared with: the buffers that PyTorch's own batch norm updates."""

import torch
from torch.nn import functional as F


def update_running(
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    x: torch.Tensor,
    momentum: float = 0.1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """PyTorch writes into its buffers, so it is given copies."""
    mean, var = running_mean.clone(), running_var.clone()
    F.batch_norm(x, mean, var, training=True, momentum=momentum)
    return mean, var
