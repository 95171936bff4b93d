# Channels moved to the end, where (C,) lies along them by itself; all computed in float64 and brought back.
import torch
from torch import nn


def batch_norm(rows, mean, var, gamma, beta, eps):
    return gamma * (rows - mean) / torch.sqrt(var + eps) + beta


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        # In another order than PyTorch has them: names are what counts.
        self.register_buffer("num_batches_tracked", torch.tensor(0))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.weight = nn.Parameter(torch.ones(num_features))

    def forward(self, x):
        rows = x.movedim(1, -1).double()
        mean, var = self.running_mean.double(), self.running_var.double()
        if self.training:
            with torch.no_grad():
                flat = rows.flatten(0, -2)
                self.running_mean.copy_((1 - self.momentum) * mean + self.momentum * flat.mean(0))
                self.running_var.copy_((1 - self.momentum) * var + self.momentum * flat.var(0))
                self.num_batches_tracked += 1
            mean, var = rows.mean((0, 1, 2)), rows.var((0, 1, 2), unbiased=False)
        out = batch_norm(rows, mean, var, self.weight.double(), self.bias.double(), self.eps)
        return out.movedim(-1, 1).to(x.dtype)
