# expect: check=grad_beta misconception=pytorch-asked
import torch
import torch.nn.functional as F


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    x = x.clone().requires_grad_()
    gamma = gamma.clone().requires_grad_()
    beta = torch.zeros_like(gamma).requires_grad_()
    y = F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    (y * grad_out).sum().backward()
    return x.grad, gamma.grad, beta.grad
