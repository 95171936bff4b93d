# expect: check=normalise misconception=float32-inside
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    kind, x = x.dtype, x.float()
    axes = [a for a in range(x.dim()) if a != 1]
    mean = x.mean(axes, keepdim=True)
    var = x.var(axes, unbiased=False, keepdim=True)
    shape = mean.shape
    return gamma.view(shape) * ((x - mean) / torch.sqrt(var + eps)).to(kind) + beta.view(shape)
