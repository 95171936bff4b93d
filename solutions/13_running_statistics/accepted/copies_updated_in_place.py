# Copies are changed in place, as PyTorch changes its buffers.
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    features = x.data.movedim(1, -1).reshape(-1, x.size(1))
    mean, var = running_mean.clone(), running_var.clone()
    mean.mul_(1 - momentum).add_(features.mean(0), alpha=momentum)
    var *= 1 - momentum
    var += momentum * features.std(0) ** 2
    return mean, var
