# expect: check=mean misconception=first-batch-taken-whole
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    if not running_mean.any():
        return x.mean(dim=axes), x.var(dim=axes)
    mean = (1 - momentum) * running_mean + momentum * x.mean(dim=axes)
    var = (1 - momentum) * running_var + momentum * x.var(dim=axes)
    return mean, var
