# Parameters of its own; the crop is a padding by negative numbers.
import torch
import torch.nn.functional as F
from torch import nn


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.u = nn.Parameter(0.1 * torch.randn(in_channels, out_channels, 2, 2))
        self.a = nn.Parameter(torch.zeros(out_channels))
        self.v = nn.Parameter(0.1 * torch.randn(out_channels, skip_channels + out_channels, 3, 3))
        self.b = nn.Parameter(torch.zeros(out_channels))
        self.w = nn.Parameter(0.1 * torch.randn(out_channels, out_channels, 3, 3))
        self.c = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x, skip):
        x = F.conv_transpose2d(x, self.u, self.a, stride=2)
        rows, columns = skip.shape[-2] - x.shape[-2], skip.shape[-1] - x.shape[-1]
        top, left = rows // 2, columns // 2
        skip = F.pad(skip, (-left, left - columns, -top, top - rows))
        x = torch.cat([skip, x], dim=1)
        x = F.relu(F.conv2d(x, self.v, self.b, padding=1))
        return F.relu(F.conv2d(x, self.w, self.c, padding=1))
