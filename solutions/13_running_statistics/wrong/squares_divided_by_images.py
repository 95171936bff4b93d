# expect: check=images misconception=squares-divided-by-images
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [0, *range(2, x.dim())]
    mean = x.mean(dim=axes, keepdim=True)
    n = torch.tensor(x.shape[0] - 1, dtype=x.dtype)
    var = ((x - mean) ** 2).sum(dim=axes) / n
    return (1 - momentum) * running_mean + momentum * mean.flatten(), (1 - momentum) * running_var + momentum * var
