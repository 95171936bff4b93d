# As most programs for U-Net are written: a module for the two convolutions, in-place ReLUs on the block's own tensors.
import torch
import torch.nn as nn


class DoubleConv(nn.Sequential):
    def __init__(self, in_channels, out_channels):
        super().__init__(
            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
        )


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out_channels, kernel_size=2, stride=2)
        self.conv = DoubleConv(out_channels + skip_channels, out_channels)

    def forward(self, x, skip):
        x = self.up(x)
        _, _, h, w = x.size()
        dy, dx = skip.size(2) - h, skip.size(3) - w
        skip = skip.narrow(2, dy // 2, h).narrow(3, dx // 2, w)
        return self.conv(torch.cat((skip, x), 1))
