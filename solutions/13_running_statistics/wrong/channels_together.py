# expect: check=images misconception=channels-together
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = 0 if x.dim() == 2 else (0, 1, 2, 3)
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=True)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var
