# One channel at a time, as a function that knows nothing of the others; vmap runs it on all.
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    def one_channel(entries, g, b):
        var, mean = torch.var_mean(entries, correction=0)
        return g * (entries - mean) * torch.rsqrt(var + eps) + b

    return torch.vmap(one_channel, in_dims=(1, 0, 0), out_dims=1)(x, gamma, beta)
