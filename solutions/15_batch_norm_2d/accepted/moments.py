# The variance as the mean of the squares less the square of the mean; scale and shift folded into one of each.
import torch
from torch import nn


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        if not self.training:
            return self.normalised_with(x, self.running_mean, self.running_var)
        m = x.numel() // x.size(1)
        mean = torch.einsum("nchw->c", x) / m
        var = torch.einsum("nchw,nchw->c", x, x) / m - mean**2
        with torch.no_grad():
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (var * m / (m - 1) - self.running_var)
            self.num_batches_tracked += 1
        return self.normalised_with(x, mean, var)

    def normalised_with(self, x, mean, var):
        scale = self.weight / torch.sqrt(var + self.eps)
        shift = self.bias - mean * scale
        return torch.einsum("nchw,c->nchw", x, scale) + shift[:, None, None]
