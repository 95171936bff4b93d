# expect: check=images misconception=two-axes-unpacked
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    n, c = x.shape
    mean = x.sum(dim=0) / n
    var = ((x - mean) ** 2).sum(dim=0) / (n - 1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
