# With a batch norm of one's own, which writes new tensors into its buffers.
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, channels, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.register_buffer("batches", torch.zeros((), dtype=torch.long))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            count = x.numel() // x.shape[1]
            with torch.no_grad():
                self.mean = (1 - self.momentum) * self.mean + self.momentum * mean
                self.variance = (1 - self.momentum) * self.variance + self.momentum * variance * count / (count - 1)
                self.batches = self.batches + 1
        else:
            mean, variance = self.mean, self.variance
        scale = self.gamma * (variance + self.eps).rsqrt()
        return x * scale[:, None, None] + (self.beta - mean * scale)[:, None, None]


class BasicBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, (3, 3), (stride, stride), (1, 1), bias=False)
        self.norm1 = Norm(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, (3, 3), (1, 1), (1, 1), bias=False)
        self.norm2 = Norm(out_channels)
        self.projects = stride != 1 or in_channels != out_channels
        if self.projects:
            self.conv3 = nn.Conv2d(in_channels, out_channels, (1, 1), (stride, stride), bias=False)
            self.norm3 = Norm(out_channels)

    def forward(self, x):
        shortcut = self.norm3(self.conv3(x)) if self.projects else x.clone()
        x = self.norm1(self.conv1(x)).clamp(min=0)
        x = self.norm2(self.conv2(x))
        return (x + shortcut).clamp(min=0)
