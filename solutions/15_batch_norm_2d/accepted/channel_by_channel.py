# Plain loops: each channel is a list of numbers, and the running statistics are written entry by entry.
import torch
from torch import nn


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.int64))

    def forward(self, x):
        out = torch.zeros_like(x)
        if self.training:
            self.num_batches_tracked += 1
        for c in range(self.num_features):
            channel = x[:, c]
            if self.training:
                m = channel.numel()
                mu = channel.sum() / m
                var = ((channel - mu) ** 2).sum() / m
                self.running_mean[c] = (1 - self.momentum) * self.running_mean[c] + self.momentum * mu.item()
                self.running_var[c] = (1 - self.momentum) * self.running_var[c] + self.momentum * var.item() * m / (m - 1)
            else:
                mu, var = self.running_mean[c], self.running_var[c]
            out[:, c] = self.weight[c] * (channel - mu) / (var + self.eps) ** 0.5 + self.bias[c]
        return out
