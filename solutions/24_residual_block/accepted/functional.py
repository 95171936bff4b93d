import torch
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels, hidden_channels):
        super().__init__()
        self.w1 = nn.Parameter(0.1 * torch.randn(hidden_channels, channels, 3, 3))
        self.b1 = nn.Parameter(torch.zeros(hidden_channels))
        self.w2 = nn.Parameter(0.1 * torch.randn(channels, hidden_channels, 3, 3))
        self.b2 = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        h = F.relu(F.conv2d(x, self.w1, self.b1, padding=1))
        return F.relu(F.conv2d(h, self.w2, self.b2, padding=1) + x)
