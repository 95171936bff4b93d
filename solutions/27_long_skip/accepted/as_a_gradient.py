# A transposed convolution is what goes back through a convolution of stride 2: torch.nn.grad has it under that name.
import torch
from torch import nn
from torch.nn.grad import conv2d_input


class Convs(nn.Module):
    def __init__(self, *channels):
        super().__init__()
        for number, (before, after) in enumerate(zip(channels, channels[1:])):
            self.register_module(f"conv{number}", nn.Conv2d(before, after, 3, padding=1))

    def forward(self, x):
        for conv in self.children():
            x = torch.relu_(conv(x))
        return x


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)
        self.convs = Convs(out_channels + skip_channels, out_channels, out_channels)

    def forward(self, x, skip):
        n, _, h, w = x.shape
        size = (n, self.up.out_channels, 2 * h, 2 * w)
        x = conv2d_input(size, self.up.weight, x, stride=2) + self.up.bias.view(-1, 1, 1)
        for axis in (2, 3):
            extra = skip.shape[axis] - x.shape[axis]
            skip = skip.tensor_split([extra // 2, extra // 2 + x.shape[axis]], dim=axis)[1]
        return self.convs(torch.cat([skip, x], dim=-3))
