# expect: check=mean misconception=averaged-in-equal-parts
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=True)
    new_mean = (running_mean + mean) / 2
    new_var = (running_var + var) / 2
    return new_mean, new_var
