import torch
import torch.nn.functional as F
from torch import nn


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.stride = (stride, stride)
        self.w1 = nn.Parameter(0.1 * torch.randn(hidden_channels, in_channels, 3, 3))
        self.b1 = nn.Parameter(torch.zeros(hidden_channels))
        self.w2 = nn.Parameter(0.1 * torch.randn(out_channels, hidden_channels, 3, 3))
        self.b2 = nn.Parameter(torch.zeros(out_channels))
        self.w3 = nn.Parameter(0.1 * torch.randn(out_channels, in_channels, 3, 3))
        self.b3 = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        out = F.conv2d(x, self.w1, self.b1, padding=1).clamp(min=0)
        out = F.conv2d(out, self.w2, self.b2, stride=self.stride, padding=1)
        out = out.add(F.conv2d(x, self.w3, self.b3, stride=self.stride, padding=1))
        return out.clamp(min=0)
