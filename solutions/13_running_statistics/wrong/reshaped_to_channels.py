# expect: check=images misconception=reshaped-to-channels
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    rows = x.t() if x.dim() == 2 else x.reshape(x.shape[1], -1)
    mean, var = rows.mean(1), rows.var(1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
