# expect: check=mean misconception=four-axes-reduced
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    mean = x.mean(dim=(0, 2, 3))
    var = x.var(dim=(0, 2, 3))
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
