# expect: check=forward misconception=relu-before-conv1
import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels, hidden_channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, hidden_channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(hidden_channels, channels, kernel_size=3, padding=1)

    def forward(self, x):
        out = torch.relu(self.conv1(torch.relu(x)))
        out = self.conv2(out)
        return torch.relu(out + x)
