# In-place operations, but only on tensors that this block has made itself; the shortcut first.
from torch import nn


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, hidden_channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(hidden_channels, out_channels, kernel_size=3, padding=1, stride=stride)
        self.downsample = nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, stride=stride)

    def forward(self, x):
        identity = self.downsample(x)
        x = self.conv1(x).relu_()
        x = self.conv2(x)
        x += identity
        return x.relu_()
