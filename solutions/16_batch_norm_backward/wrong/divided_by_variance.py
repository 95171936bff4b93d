# expect: check=grad_gamma misconception=divided-by-variance
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    dims = (0,) if x.ndim == 2 else (0, 2, 3)
    m = x.numel() / x.shape[1]
    mu = x.mean(dims, keepdim=True)
    var = x.var(dims, unbiased=False, keepdim=True)
    std = var + eps
    x_hat = (x - mu) / std
    sum_g = grad_out.sum(dims, keepdim=True)
    sum_gx = (grad_out * x_hat).sum(dims, keepdim=True)
    scale = gamma.reshape(std.shape)
    grad_x = scale / (m * std) * (m * grad_out - sum_g - x_hat * sum_gx)
    return grad_x, sum_gx.flatten(), sum_g.flatten()
