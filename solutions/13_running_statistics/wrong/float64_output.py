# expect: check=dtype misconception=float64-output
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    x = x.double()
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes)
    var = x.var(dim=axes)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
