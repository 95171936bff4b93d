"""One step of U-Net's decoder (Ronneberger et al. 2015), with padding in its convolutions."""

import torch
from torch import nn


class UpBlock(nn.Module):
    """Doubles the size of a map, puts the encoder's map beside it, and mixes the two by two convolutions."""

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out_channels, kernel_size=2, stride=2)
        self.conv1 = nn.Conv2d(skip_channels + out_channels, out_channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """x (N, in_channels, h, w), skip (N, skip_channels, H, W) → (N, out_channels, 2h, 2w)."""
        x = self.up(x)  # (N, out_channels, 2h, 2w)
        skip = centre_crop(skip, *x.shape[2:])  # (N, skip_channels, 2h, 2w)
        x = torch.cat([skip, x], dim=1)  # (N, skip_channels + out_channels, 2h, 2w)
        x = torch.relu(self.conv1(x))  # (N, out_channels, 2h, 2w)
        return torch.relu(self.conv2(x))


def centre_crop(image: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The middle of the last two axes; of an odd number of rows or columns too many, one more goes at the end."""
    top = (image.shape[2] - height) // 2
    left = (image.shape[3] - width) // 2
    return image[:, :, top : top + height, left : left + width]
