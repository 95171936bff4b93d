# expect: check=mean misconception=float32-output
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    mean = torch.zeros(x.shape[1])
    var = torch.zeros(x.shape[1])
    for c in range(x.shape[1]):
        mean[c] = (1 - momentum) * running_mean[c] + momentum * x[:, c].mean()
        var[c] = (1 - momentum) * running_var[c] + momentum * x[:, c].var()
    return mean, var
