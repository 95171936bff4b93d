# expect: check=normalise misconception=four-axes-parameters
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    axes = [a for a in range(x.dim()) if a != 1]
    mean = x.mean(axes, keepdim=True)
    var = x.var(axes, correction=0, keepdim=True)
    x_hat = (x - mean) / (var + eps).sqrt()
    return gamma.view(1, -1, 1, 1) * x_hat + beta.view(1, -1, 1, 1)
