# expect: check=mean misconception=buffers-overwritten
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    running_mean.mul_(1 - momentum).add_(momentum * x.mean(dim=axes))
    running_var.mul_(1 - momentum).add_(momentum * x.var(dim=axes))
    return running_mean, running_var
