# The transposed convolution as an ordinary one: zeros between the entries and around them, and the kernel turned.
import torch
import torch.nn.functional as F
from torch import nn


class Up(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(in_channels, out_channels, 2, 2) - 0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        n, c, h, w = x.shape
        spread = x.new_zeros(n, c, 2 * h + 1, 2 * w + 1)
        spread[:, :, 1::2, 1::2] = x
        return F.conv2d(spread, self.weight.flip(2, 3).transpose(0, 1), self.bias)


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.up = Up(in_channels, out_channels)
        self.conv1 = nn.Conv2d(skip_channels + out_channels, out_channels, 3, 1, 1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1)
        self.relu = nn.ReLU()

    def forward(self, x, skip):
        x = self.up(x)
        while skip.shape[2] > x.shape[2]:  # one row after the other: at the end first, then at the beginning
            odd = (skip.shape[2] - x.shape[2]) % 2
            skip = skip[:, :, :-1] if odd else skip[:, :, 1:]
        while skip.shape[3] > x.shape[3]:
            odd = (skip.shape[3] - x.shape[3]) % 2
            skip = skip[..., :-1] if odd else skip[..., 1:]
        x = self.relu(self.conv1(torch.hstack([skip, x])))
        return self.relu(self.conv2(x))
