# expect: check=construct misconception=layers-not-registered
import torch
from torch import nn


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.convs = [
            nn.Conv2d(in_channels, hidden_channels, kernel_size=3, padding=1),
            nn.Conv2d(hidden_channels, out_channels, kernel_size=3, stride=stride, padding=1),
            nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1),
        ]

    def forward(self, x):
        out = torch.relu(self.convs[0](x))
        out = self.convs[1](out)
        return torch.relu(out + self.convs[2](x))
