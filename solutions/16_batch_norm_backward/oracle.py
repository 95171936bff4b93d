"""What submissions are compared with: autograd, back through PyTorch's own batch norm."""

import torch
from torch.nn.functional import batch_norm


def batch_norm_backward(
    grad_out: torch.Tensor,
    x: torch.Tensor,
    gamma: torch.Tensor,
    eps: float = 1e-5,
) -> tuple[torch.Tensor, ...]:
    """(grad_x, grad_gamma, grad_beta)."""
    x, gamma = x.clone().requires_grad_(), gamma.clone().requires_grad_()
    beta = torch.zeros_like(gamma, requires_grad=True)
    y = batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    return torch.autograd.grad((y * grad_out).sum(), (x, gamma, beta))
