# expect: check=images misconception=variances-averaged
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    if x.dim() == 2:
        mean, var = x.mean(0), x.var(0, unbiased=False)
        return gamma * (x - mean) / torch.sqrt(var + eps) + beta
    mean = x.mean(dim=(2, 3)).mean(dim=0).view(1, -1, 1, 1)
    var = x.var(dim=(2, 3), unbiased=False).mean(dim=0).view(1, -1, 1, 1)
    x_hat = (x - mean) / torch.sqrt(var + eps)
    return gamma.view(1, -1, 1, 1) * x_hat + beta.view(1, -1, 1, 1)
