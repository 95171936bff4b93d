# expect: check=images misconception=two-axes-unpacked
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    n, c = x.shape
    mean = x.sum(dim=0) / n
    var = ((x - mean) ** 2).sum(dim=0) / n
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta
