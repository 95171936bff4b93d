# Nothing is concatenated: conv1 is the sum of a convolution of the skip and one of the upsampled map.
import torch
from torch import nn
from torch.nn.functional import conv2d, pixel_shuffle


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.skip_channels = skip_channels
        self.up = nn.ConvTranspose2d(in_channels, out_channels, 2, 2)
        self.mix = nn.Conv2d(skip_channels + out_channels, out_channels, 3, padding="same")
        self.last = nn.Conv2d(out_channels, out_channels, 3, padding="same")

    def forward(self, x, skip):
        # Four numbers for each entry by a 1×1 convolution, then laid out as 2×2: sub-pixel convolution.
        kernels = self.up.weight.permute(1, 2, 3, 0).reshape(-1, x.shape[1], 1, 1)
        x = pixel_shuffle(conv2d(x, kernels, self.up.bias.repeat_interleave(4)), 2)
        height, width = x.shape[2:]
        top, left = (torch.tensor(skip.shape[2:]) - torch.tensor([height, width])).div(2, rounding_mode="floor").tolist()
        skip = skip[:, :, top:, left:][:, :, :height, :width]
        of_skip, of_x = self.mix.weight.split([self.skip_channels, x.shape[1]], dim=1)
        x = conv2d(skip, of_skip, padding=1) + conv2d(x, of_x, padding=1) + self.mix.bias[:, None, None]
        x = self.last(torch.maximum(x, torch.zeros_like(x)))
        return torch.maximum(x, torch.zeros_like(x))
