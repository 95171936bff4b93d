# A stride of s is every s-th pixel of what stride 1 gives.
import torch
from torch import nn


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.stride = stride
        self.convs = nn.ModuleList(
            [
                nn.Conv2d(c_in, c_out, kernel_size=3, padding=1)
                for c_in, c_out in [
                    (in_channels, hidden_channels),
                    (hidden_channels, out_channels),
                    (in_channels, out_channels),
                ]
            ]
        )

    def forward(self, x):
        first, second, shortcut = self.convs
        total = second(torch.relu(first(x))) + shortcut(x)
        return torch.relu(total[:, :, :: self.stride, :: self.stride])
