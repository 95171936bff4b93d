# The stride as every s-th pixel of what stride 1 gives; layers in two lists that the module sees.
import torch
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        self.layers = nn.ModuleList()
        for c_in in (in_channels, out_channels):
            self.layers.append(nn.Conv2d(c_in, out_channels, kernel_size=3, padding=1, bias=False))
            self.layers.append(nn.BatchNorm2d(out_channels))
        self.shortcut = nn.ModuleList()
        if in_channels != out_channels or stride != 1:
            self.shortcut.append(nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False))
            self.shortcut.append(nn.BatchNorm2d(out_channels))

    def forward(self, x):
        conv1, bn1, conv2, bn2 = self.layers
        h = bn1(conv1(x)[..., :: self.stride, :: self.stride])
        h = bn2(conv2(h * (h >= 0)))
        x = x[..., :: self.stride, :: self.stride]
        for layer in self.shortcut:
            x = layer(x)
        return torch.maximum(h + x, torch.zeros_like(h))
