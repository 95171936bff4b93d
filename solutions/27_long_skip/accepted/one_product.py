# As the stamps do not overlap, upsampling is one product and a reshape; a convolution is one over unfolded windows.
import torch
from torch import nn
from torch.nn.functional import unfold


def conv3x3(x, conv):
    n, _, height, width = x.shape
    windows = unfold(x, kernel_size=3, padding=1)  # (N, 9·C, H·W)
    out = conv.weight.flatten(1) @ windows + conv.bias[:, None]
    return out.reshape(n, -1, height, width)


class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.layers = nn.ModuleList(
            [
                nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2),
                nn.Conv2d(out_channels + skip_channels, out_channels, 3, padding=1),
                nn.Conv2d(out_channels, out_channels, 3, padding=1),
            ]
        )

    def forward(self, x, skip):
        up, first, second = self.layers
        n, _, h, w = x.shape
        stamps = torch.einsum("nchw,cfij->nfhiwj", x, up.weight)
        x = stamps.reshape(n, -1, 2 * h, 2 * w) + up.bias[:, None, None]
        top, left = (skip.shape[2] - 2 * h) // 2, (skip.shape[3] - 2 * w) // 2
        rows, columns = torch.arange(top, top + 2 * h), torch.arange(left, left + 2 * w)
        skip = skip[:, :, rows[:, None], columns]
        x = conv3x3(torch.cat([skip, x], dim=1), first).clamp(min=0)
        x = conv3x3(x, second)
        return torch.where(x > 0, x, 0.0)
