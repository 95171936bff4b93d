# Every channel becomes one row; both variances by correction, the running statistics in place with lerp_.
import torch
from torch import nn


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.register_parameter("weight", nn.Parameter(torch.ones(num_features)))
        self.register_parameter("bias", nn.Parameter(torch.zeros(num_features)))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))

    def forward(self, x):
        n, c, h, w = x.shape
        rows = x.transpose(0, 1).reshape(c, -1)
        if self.training:
            mean, var = rows.mean(1), rows.var(1, correction=0)
            self.running_mean.lerp_(rows.detach().mean(1), self.momentum)
            self.running_var.lerp_(rows.detach().var(1), self.momentum)
            self.num_batches_tracked.add_(1)
        else:
            mean, var = self.running_mean, self.running_var
        rows = (rows - mean[:, None]) * (var + self.eps).rsqrt()[:, None]
        rows = rows * self.weight[:, None] + self.bias[:, None]
        return rows.reshape(c, n, h, w).transpose(0, 1)
