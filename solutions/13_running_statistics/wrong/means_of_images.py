# expect: check=images misconception=means-of-images
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    vectors = x.flatten(2).mean(2) if x.dim() == 4 else x
    mean, var = vectors.mean(0), vectors.var(0)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
