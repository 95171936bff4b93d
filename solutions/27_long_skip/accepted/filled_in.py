# One tensor is made, and both maps are written into it; the transposed convolution does each entry of the kernel by itself.
import torch
from torch import nn


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.add_module("enlarge", nn.ConvTranspose2d(in_channels, out_channels, kernel_size=(2, 2), stride=(2, 2)))
        self.add_module("mix", nn.Conv2d(skip_channels + out_channels, out_channels, (3, 3), padding=(1, 1)))
        self.add_module("refine", nn.Conv2d(out_channels, out_channels, (3, 3), padding=(1, 1)))

    def forward(self, x, skip):
        n, _, h, w = x.shape
        number = skip.shape[1]
        both = x.new_zeros(n, number + len(self.enlarge.bias), 2 * h, 2 * w)
        first_row, first_column = (skip.shape[2] - 2 * h) // 2, (skip.shape[3] - 2 * w) // 2
        both[:, :number] = skip[:, :, first_row : first_row + 2 * h, first_column : first_column + 2 * w]
        for row in range(2):
            for column in range(2):
                kernel = self.enlarge.weight[:, :, row, column]  # (in_channels, out_channels)
                stamped = torch.tensordot(x, kernel, dims=[[1], [0]]) + self.enlarge.bias  # channels last
                both[:, number:, row::2, column::2] = stamped.movedim(-1, 1)
        hidden = self.mix(both)
        hidden = self.refine(hidden * (hidden > 0))
        return hidden * (hidden > 0)
