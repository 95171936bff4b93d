# The biased variance, times m / (m − 1).
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    x = x.detach()
    rows = x.transpose(0, 1).reshape(x.shape[1], -1)
    m = rows.shape[1]
    mean = rows.sum(1) / m
    biased = (rows - mean[:, None]).pow(2).sum(1) / m
    new_mean = running_mean + momentum * (mean - running_mean)
    new_var = running_var + momentum * (biased * m / (m - 1) - running_var)
    return new_mean, new_var
