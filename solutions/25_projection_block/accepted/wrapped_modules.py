from torch import nn


def conv3x3(in_channels, out_channels, stride=1):
    return nn.Conv2d(in_channels, out_channels, (3, 3), (stride, stride), (1, 1))


class Sum(nn.ModuleList):
    """The sum of what all its modules make of x."""

    def forward(self, x):
        return sum(module(x) for module in self)


class ProjectionBlock(nn.Sequential):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        residual = nn.Sequential(
            conv3x3(in_channels, hidden_channels), nn.ReLU(), conv3x3(hidden_channels, out_channels, stride)
        )
        super().__init__(Sum([residual, conv3x3(in_channels, out_channels, stride)]), nn.ReLU())
