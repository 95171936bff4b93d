# expect: check=mean misconception=mean-momentum-reversed
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes, unbiased=True)
    new_mean = momentum * running_mean + (1 - momentum) * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var
