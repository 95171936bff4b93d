# expect: check=images misconception=variances-averaged
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    if x.dim() == 2:
        mean, var = x.mean(0), x.var(0)
    else:
        mean, var = x.mean((2, 3)).mean(0), x.var((2, 3)).mean(0)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
