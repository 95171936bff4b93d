# expect: check=images misconception=four-axes-refused
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    N, C = x.shape
    mean = x.mean(0)
    std = torch.sqrt(x.var(0, unbiased=False) + eps)
    x_hat = (x - mean) / std
    grad_beta = grad_out.sum(0)
    grad_gamma = (grad_out * x_hat).sum(0)
    grad_x = gamma / (N * std) * (N * grad_out - grad_beta - x_hat * grad_gamma)
    return grad_x, grad_gamma, grad_beta
