# expect: check=images misconception=images-counted
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    n = torch.tensor(float(len(x)), dtype=x.dtype)
    var = x.var(dim=axes, unbiased=False) * n / (n - 1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
