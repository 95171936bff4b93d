# expect: check=normalise misconception=two-roots-added
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    axes = (0,) if x.dim() == 2 else (0, 2, 3)
    shape = (1, -1) if x.dim() == 2 else (1, -1, 1, 1)
    mean = x.mean(dim=axes, keepdim=True)
    var = x.var(dim=axes, unbiased=False, keepdim=True)
    x_hat = (x - mean) / (torch.sqrt(var) + eps ** 0.5)
    return gamma.view(shape) * x_hat + beta.view(shape)
