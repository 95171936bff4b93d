# Made for any number of axes, with the options that PyTorch's own has, and its refusal of a single value a channel.
import torch
from torch import nn


class _BatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight, self.bias = nn.Parameter(torch.empty(num_features)), nn.Parameter(torch.empty(num_features))
        for name in ("running_mean", "running_var"):
            self.register_buffer(name, torch.empty(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)
        self.running_mean.zero_()
        self.running_var.fill_(1)
        self.num_batches_tracked.zero_()

    def forward(self, x):
        self.check_dimension(x)
        axes = [axis for axis in range(x.ndim) if axis != 1]
        across = [-1 if axis == 1 else 1 for axis in range(x.ndim)]
        if self.training:
            m = x.numel() / x.shape[1]
            if m == 1:
                raise ValueError(f"Expected more than 1 value per channel when training, got input size {x.shape}")
            unbiased = x.var(axes)
            mean, var = x.mean(axes), unbiased * ((m - 1) / m)
            self.num_batches_tracked = self.num_batches_tracked + 1
            new = 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum
            self.running_mean = torch.lerp(self.running_mean, mean.detach(), new)
            self.running_var = torch.lerp(self.running_var, unbiased.detach(), new)
        else:
            mean, var = self.running_mean, self.running_var
        mean, deviation = mean.view(across), (var + self.eps).sqrt().view(across)
        return self.weight.view(across) * ((x - mean) / deviation) + self.bias.view(across)


class BatchNorm2d(_BatchNorm):
    def check_dimension(self, x):
        if x.dim() != 4:
            raise ValueError(f"expected 4D input (got {x.dim()}D input)")
