"""What submissions are compared with: PyTorch's own batch norm in training mode."""

import torch
from torch.nn import functional as F


def batch_norm(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Without running statistics: those are exercise 13."""
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
