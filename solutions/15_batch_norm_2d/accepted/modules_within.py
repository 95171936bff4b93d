# The steps as modules without a state of their own, and the mode kept by train(), which is overridden.
import torch
from torch import nn


class Standardise(nn.Module):
    def __init__(self, eps):
        super().__init__()
        self.eps = eps

    def forward(self, x, mean, var):
        return (x - mean[None, :, None, None]) / torch.sqrt(var + self.eps)[None, :, None, None]


class ScaleAndShift(nn.Module):
    def forward(self, x, gamma, beta):
        return gamma[None, :, None, None] * x + beta[None, :, None, None]


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.momentum = momentum
        self.standardise, self.scale_and_shift = Standardise(eps), ScaleAndShift()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))
        self.statistics = self.of_the_batch

    def train(self, mode=True):
        self.statistics = self.of_the_batch if mode else self.remembered
        return super().train(mode)

    def of_the_batch(self, x):
        mean = x.mean((3, 2, 0))
        var = x.sub(mean[None, :, None, None]).square().mean((3, 2, 0))
        places = x[:, 0].numel()
        self.running_mean.data = (1 - self.momentum) * self.running_mean + self.momentum * mean.data
        self.running_var.data = (1 - self.momentum) * self.running_var + self.momentum * var.data * places / (places - 1)
        self.num_batches_tracked.data += 1
        return mean, var

    def remembered(self, _):
        return self.running_mean, self.running_var

    def forward(self, x):
        return self.scale_and_shift(self.standardise(x, *self.statistics(x)), self.weight, self.bias)
