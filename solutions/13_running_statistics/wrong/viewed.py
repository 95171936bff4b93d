# expect: check=images misconception=viewed
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    flat = x.view(x.shape[0], x.shape[1], -1)
    mean, var = flat.mean((0, 2)), flat.var((0, 2))
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
