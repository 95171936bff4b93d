# expect: check=mean misconception=replaced
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=True)
    new_mean = mean
    new_var = var
    return new_mean, new_var
