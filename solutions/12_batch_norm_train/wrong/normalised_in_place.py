# expect: check=normalise misconception=normalised-in-place
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    axes = [a for a in range(x.dim()) if a != 1]
    mean, var = x.mean(axes, keepdim=True), x.var(axes, correction=0, keepdim=True)
    x.sub_(mean).div_(torch.sqrt(var + eps))
    return gamma.view(mean.shape) * x + beta.view(mean.shape)
