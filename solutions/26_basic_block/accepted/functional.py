import torch
import torch.nn.functional as F
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        kernels = [(out_channels, in_channels, 3, 3), (out_channels, out_channels, 3, 3)]
        if stride > 1 or in_channels != out_channels:
            kernels.append((out_channels, in_channels, 1, 1))
        self.count = len(kernels)
        for number, kernel in enumerate(kernels):
            self.register_parameter(f"weight{number}", nn.Parameter(0.1 * torch.randn(kernel)))
            self.register_parameter(f"gamma{number}", nn.Parameter(torch.ones(out_channels)))
            self.register_parameter(f"beta{number}", nn.Parameter(torch.zeros(out_channels)))
            self.register_buffer(f"mean{number}", torch.zeros(out_channels))
            self.register_buffer(f"var{number}", torch.ones(out_channels))
            self.register_buffer(f"batches{number}", torch.tensor(0))

    def conv_norm(self, number, x, stride, padding):
        weight, gamma, beta, mean, var, batches = (
            getattr(self, f"{name}{number}") for name in ("weight", "gamma", "beta", "mean", "var", "batches")
        )
        if self.training:
            batches += 1
        return F.batch_norm(F.conv2d(x, weight, None, stride, padding), mean, var, gamma, beta, self.training)

    def forward(self, x):
        h = F.relu(self.conv_norm(0, x, self.stride, 1))
        out = self.conv_norm(1, h, 1, 1)
        return F.relu(out + (self.conv_norm(2, x, self.stride, 0) if self.count == 3 else x))
