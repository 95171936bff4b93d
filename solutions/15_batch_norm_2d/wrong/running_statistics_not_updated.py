# expect: check=running misconception=running-statistics-not-updated
import torch
from torch import nn


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        if self.training:
            mean = x.mean(dim=(0, 2, 3))
            var = x.var(dim=(0, 2, 3), unbiased=False)
            with torch.no_grad():
                self.num_batches_tracked += 1
        else:
            mean, var = self.running_mean, self.running_var
        mean, var = mean.reshape(1, -1, 1, 1), var.reshape(1, -1, 1, 1)
        x_hat = (x - mean) / torch.sqrt(var + self.eps)
        return self.weight.reshape(1, -1, 1, 1) * x_hat + self.bias.reshape(1, -1, 1, 1)
