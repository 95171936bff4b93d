# expect: check=forward misconception=in-place-relu-on-input
import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels, hidden_channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, hidden_channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(hidden_channels, channels, kernel_size=3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        shortcut = x
        out = self.conv1(self.relu(x))
        out = self.conv2(self.relu(out))
        return self.relu(out + shortcut)
