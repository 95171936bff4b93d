# expect: check=mean misconception=momentum-of-an-optimiser
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = momentum * running_mean + x.mean(dim=axes)
    var = momentum * running_var + x.var(dim=axes)
    return mean, var
