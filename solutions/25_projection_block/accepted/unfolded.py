# Each convolution as a matrix product over the unfolded windows; ReLU as a choice between t and 0.
import torch
from torch import nn
from torch.nn.functional import unfold


class Conv3x3(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.stride = stride
        nn.init.kaiming_normal_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        n, _, height, width = x.shape
        windows = unfold(x, kernel_size=3, padding=1, stride=self.stride)  # (N, 9·C, positions)
        out = torch.einsum("ok,nkl->nol", self.weight.flatten(1), windows) + self.bias[:, None]
        return out.reshape(n, -1, (height - 1) // self.stride + 1, (width - 1) // self.stride + 1)


def relu(t):
    return torch.where(t > 0, t, torch.zeros_like(t))


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.first = Conv3x3(in_channels, hidden_channels)
        self.second = Conv3x3(hidden_channels, out_channels, stride)
        self.shortcut = Conv3x3(in_channels, out_channels, stride)

    def forward(self, x):
        return relu(self.second(relu(self.first(x))) + self.shortcut(x))
