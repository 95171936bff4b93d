# expect: check=variance misconception=correction-upside-down
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    m = x.numel() // x.shape[1]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=False)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var * (m - 1) / m
    return new_mean, new_var
