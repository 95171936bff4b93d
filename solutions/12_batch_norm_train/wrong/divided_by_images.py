# expect: check=images misconception=divided-by-images
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    axes = [a for a in range(x.dim()) if a != 1]
    m = x.shape[0]
    mean = x.sum(axes, keepdim=True) / m
    var = ((x - mean) ** 2).sum(axes, keepdim=True) / m
    x_hat = (x - mean) / torch.sqrt(var + eps)
    return gamma.view(mean.shape) * x_hat + beta.view(mean.shape)
