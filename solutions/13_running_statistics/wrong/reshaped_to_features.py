# expect: check=images misconception=reshaped-to-features
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    features = x.reshape(-1, x.shape[1])
    mean, var = features.mean(0), features.var(0)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
