# expect: check=images misconception=turned-the-same-way-again
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    if x.dim() == 4:
        x = x.permute(0, 2, 3, 1)
    axes = tuple(range(x.dim() - 1))
    mean, var = x.mean(dim=axes), x.var(dim=axes, unbiased=False)
    y = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    return y.permute(0, 2, 3, 1) if x.dim() == 4 else y
