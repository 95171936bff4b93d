# expect: check=small misconception=padding-missing-on-conv1
import torch
from torch import nn


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, hidden_channels, kernel_size=3)
        self.conv2 = nn.Conv2d(hidden_channels, out_channels, kernel_size=3, stride=stride, padding=1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1)

    def forward(self, x):
        out = torch.relu(self.conv1(x))
        out = self.conv2(out)
        return torch.relu(out + self.shortcut(x))
