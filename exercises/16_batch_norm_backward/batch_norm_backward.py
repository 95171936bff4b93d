"""Exercise 16: back through a batch norm. Write it, save, and run:  cnn-tutor check exercise 16"""

import torch


def batch_norm_backward(
    grad_out: torch.Tensor,
    x: torch.Tensor,
    gamma: torch.Tensor,
    eps: float = 1e-5,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The gradients of y = γ·x̂ + β in training mode, without autograd.

    Args:
        grad_out: the gradient of the loss with respect to y.
        x: what went in.
        gamma: the scale of each channel. (The shift, beta, has no part in the gradients.)
        eps: stands under the root: x̂ = (x − μ) / √(σ² + ε).

    Shapes:
        grad_out, x, grad_x            (N, C) or (N, C, H, W)
        gamma, grad_gamma, grad_beta   (C,)

    Returns:
        grad_x, grad_gamma, grad_beta: in this order. What you have not written yet may be None.
    """
    raise NotImplementedError
