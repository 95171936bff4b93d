# expect: check=mean misconception=brackets-forgotten
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = 1 - momentum * running_mean + momentum * x.mean(dim=axes)
    var = 1 - momentum * running_var + momentum * x.var(dim=axes)
    return mean, var
