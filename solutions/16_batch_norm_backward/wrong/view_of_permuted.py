# expect: check=layout misconception=view-of-permuted
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    n, c = x.shape[:2]
    x3 = x.view(n, c, -1)
    g3 = grad_out.view(n, c, -1)
    mean = x3.mean((0, 2), keepdim=True)
    std = torch.sqrt(x3.var((0, 2), keepdim=True, unbiased=False) + eps)
    x_hat = (x3 - mean) / std
    a = g3.mean((0, 2), keepdim=True)
    b = (g3 * x_hat).mean((0, 2), keepdim=True)
    grad_x = gamma.view(1, c, 1) / std * (g3 - a - x_hat * b)
    return grad_x.view(x.shape), (g3 * x_hat).sum((0, 2)), g3.sum((0, 2))
