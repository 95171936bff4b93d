# expect: check=images misconception=reshaped-to-channels
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    if x.dim() == 2:
        mean, var = x.mean(0), x.var(0, unbiased=False)
        return gamma * (x - mean) / torch.sqrt(var + eps) + beta
    rows = x.reshape(x.shape[1], -1)
    mean = rows.mean(dim=1).view(1, -1, 1, 1)
    var = rows.var(dim=1, unbiased=False).view(1, -1, 1, 1)
    x_hat = (x - mean) / torch.sqrt(var + eps)
    return gamma.view(1, -1, 1, 1) * x_hat + beta.view(1, -1, 1, 1)
