# The crop as a padding by less than nothing; layers in a dictionary; ReLU as a lower bound.
import torch
from torch import nn


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.layers = nn.ModuleDict(
            {
                "up": nn.ConvTranspose2d(in_channels, out_channels, 2, 2),
                "one": nn.Conv2d(skip_channels + out_channels, out_channels, 3, padding="same"),
                "two": nn.Conv2d(out_channels, out_channels, 3, padding="same"),
            }
        )

    def forward(self, x, skip):
        up = self.layers["up"](x)
        sides = []
        for axis in (3, 2):
            more = skip.size(axis) - up.size(axis)
            sides += [-(more // 2), -(more - more // 2)]
        y = torch.cat((nn.functional.pad(skip, sides), up), -3)
        for name in ("one", "two"):
            y = self.layers[name](y).clamp_min(0)
        return y
