# expect: check=normalise misconception=statistics-over-everything
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    shape = (1, -1) if x.dim() == 2 else (1, -1, 1, 1)
    mean = x.mean()
    var = x.var(unbiased=False)
    x_hat = (x - mean) / torch.sqrt(var + eps)
    return gamma.view(shape) * x_hat + beta.view(shape)
