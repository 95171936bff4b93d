# expect: check=variance misconception=around-new-running-mean
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    rows = x.transpose(0, 1).flatten(1)
    new_mean = (1 - momentum) * running_mean + momentum * rows.mean(1)
    var = ((rows - new_mean[:, None]) ** 2).sum(1) / (rows.shape[1] - 1)
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var
