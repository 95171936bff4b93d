# expect: check=mean misconception=written-not-returned
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    running_mean[:] = (1 - momentum) * running_mean + momentum * x.mean(dim=axes)
    running_var[:] = (1 - momentum) * running_var + momentum * x.var(dim=axes)
