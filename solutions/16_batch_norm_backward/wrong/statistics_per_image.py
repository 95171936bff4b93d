# expect: check=images misconception=statistics-per-image
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    if x.dim() == 2:
        stats, dims, shape = [0], [0], [1, -1]
    else:
        stats, dims, shape = [2, 3], [0, 2, 3], [1, -1, 1, 1]
    mean = x.mean(stats, keepdim=True)
    std = torch.sqrt(x.var(stats, keepdim=True, unbiased=False) + eps)
    x_hat = (x - mean) / std
    grad_beta = grad_out.sum(dims)
    grad_gamma = (grad_out * x_hat).sum(dims)
    a = grad_out.mean(stats, keepdim=True)
    b = (grad_out * x_hat).mean(stats, keepdim=True)
    grad_x = gamma.reshape(shape) / std * (grad_out - a - x_hat * b)
    return grad_x, grad_gamma, grad_beta
