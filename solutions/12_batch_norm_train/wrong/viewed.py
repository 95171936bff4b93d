# expect: check=images misconception=viewed
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    n, c = x.shape[:2]
    flat = x.view(n, c, -1)
    mean = flat.mean(dim=(0, 2))[:, None]
    var = ((flat - mean) ** 2).mean(dim=(0, 2))[:, None]
    x_hat = (flat - mean) / torch.sqrt(var + eps)
    return (gamma[:, None] * x_hat + beta[:, None]).view(x.shape)
