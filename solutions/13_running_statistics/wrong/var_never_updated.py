# expect: check=variance misconception=var-never-updated
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=True)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = running_var
    return new_mean, new_var
