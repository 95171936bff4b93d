# expect: check=mean misconception=statistics-over-everything
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    mean = x.mean()
    var = x.var()
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return new_mean, new_var
