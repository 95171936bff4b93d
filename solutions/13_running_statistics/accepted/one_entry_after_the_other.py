# Welford's way: mean and sum of squares are brought up to date with every single entry.
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    with torch.no_grad():
        mean, squares = torch.zeros_like(running_mean), torch.zeros_like(running_var)
        entries = x.movedim(1, 0).flatten(1).T
        for count, entry in enumerate(entries, start=1):
            before = entry - mean
            mean = mean + before / count
            squares = squares + before * (entry - mean)
        var = squares / (len(entries) - 1)
        return running_mean + momentum * (mean - running_mean), running_var + momentum * (var - running_var)
