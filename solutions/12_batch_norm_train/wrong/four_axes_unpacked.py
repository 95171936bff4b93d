# expect: check=normalise misconception=four-axes-unpacked
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    n, c, h, w = x.shape
    m = n * h * w
    mean = x.sum(dim=(0, 2, 3)).view(1, c, 1, 1) / m
    var = ((x - mean) ** 2).sum(dim=(0, 2, 3)).view(1, c, 1, 1) / m
    return gamma.view(1, c, 1, 1) * (x - mean) / (var + eps).sqrt() + beta.view(1, c, 1, 1)
