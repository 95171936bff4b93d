# expect: check=construct misconception=layers-not-registered
import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels, hidden_channels):
        super().__init__()
        self.convs = [
            nn.Conv2d(channels, hidden_channels, kernel_size=3, padding=1),
            nn.Conv2d(hidden_channels, channels, kernel_size=3, padding=1),
        ]

    def forward(self, x):
        out = torch.relu(self.convs[0](x))
        out = self.convs[1](out)
        return torch.relu(out + x)
