# One channel after the other as a plain list of numbers, with Python's own statistics.
import statistics

import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    means, variances = [], []
    for c in range(x.shape[1]):
        entries = x[:, c].flatten().tolist()
        means.append((1 - momentum) * running_mean[c].item() + momentum * statistics.fmean(entries))
        variances.append((1 - momentum) * running_var[c].item() + momentum * statistics.variance(entries))
    return torch.tensor(means, dtype=x.dtype), torch.tensor(variances, dtype=x.dtype)
