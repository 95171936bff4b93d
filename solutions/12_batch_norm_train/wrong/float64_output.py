# expect: check=dtype misconception=float64-output
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    x = x.double()
    axes = [a for a in range(x.dim()) if a != 1]
    mean = x.mean(axes, keepdim=True)
    var = x.var(axes, unbiased=False, keepdim=True)
    shape = mean.shape
    return gamma.view(shape) * (x - mean) / torch.sqrt(var + eps) + beta.view(shape)
