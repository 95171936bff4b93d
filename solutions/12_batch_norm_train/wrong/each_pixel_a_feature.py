# expect: check=images misconception=each-pixel-a-feature
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    flat = x.reshape(len(x), -1)
    mean = flat.mean(dim=0)
    var = flat.var(dim=0, unbiased=False)
    x_hat = ((flat - mean) / torch.sqrt(var + eps)).reshape(x.shape)
    shape = [1, -1] + [1] * (x.dim() - 2)
    return gamma.view(shape) * x_hat + beta.view(shape)
