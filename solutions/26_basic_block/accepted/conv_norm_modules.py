# Convolution and batch norm as one module; the 1×1 convolution as a product with every s-th pixel.
import torch
from torch import nn


class ConvNorm(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.norm = nn.BatchNorm2d(out_channels)
        self.stride = stride
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x):
        if self.weight.shape[2] == 1:
            seen = x[:, :, :: self.stride, :: self.stride]
            return self.norm(torch.einsum("oc,nchw->nohw", self.weight[:, :, 0, 0], seen))
        return self.norm(torch.conv2d(x, self.weight, stride=self.stride, padding=1))


class BasicBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.residual_path = nn.Sequential(
            ConvNorm(in_channels, out_channels, 3, stride), nn.ReLU(inplace=True), ConvNorm(out_channels, out_channels, 3)
        )
        # An empty Sequential hands on what it gets.
        self.shortcut = nn.Sequential()
        if (in_channels, 1) != (out_channels, stride):
            self.shortcut.append(ConvNorm(in_channels, out_channels, 1, stride))

    def forward(self, x):
        y = self.shortcut(x) + self.residual_path(x)
        return torch.where(y > 0, y, torch.zeros_like(y))
