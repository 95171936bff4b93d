# expect: check=normalise misconception=centred-in-place
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    axes = [a for a in range(x.dim()) if a != 1]
    x -= x.mean(axes, keepdim=True)
    var = (x * x).mean(axes, keepdim=True)
    shape = var.shape
    return gamma.view(shape) * x / torch.sqrt(var + eps) + beta.view(shape)
