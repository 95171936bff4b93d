# expect: check=variance misconception=variance-not-divided
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = (x.transpose(0, 1).flatten(1) - mean[:, None]).square().sum(1)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var
