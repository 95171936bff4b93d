# expect: check=momentum misconception=momentum-ignored
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=True)
    new_mean = 0.9 * running_mean + 0.1 * mean
    new_var = 0.9 * running_var + 0.1 * var
    return new_mean, new_var
