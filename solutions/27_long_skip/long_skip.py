"""One step of U-Net's decoder, with padding in its convolutions."""

import torch
from torch import nn


class UpBlock(nn.Module):
    """Doubles a map, puts the encoder's beside it, and mixes the two."""

    def __init__(
        self,
        in_channels: int,
        skip_channels: int,
        out_channels: int,
    ) -> None:
        super().__init__()
        both = skip_channels + out_channels
        self.up = nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)
        self.conv1 = nn.Conv2d(both, out_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """(N, in, h, w) and (N, skip, H, W) → (N, out, 2h, 2w)."""
        x = self.up(x)  # (N, out, 2h, 2w)
        skip = centre_crop(skip, *x.shape[2:])  # (N, skip, 2h, 2w)
        x = torch.cat([skip, x], dim=1)  # (N, skip + out, 2h, 2w)
        x = torch.relu(self.conv1(x))  # (N, out, 2h, 2w)
        return torch.relu(self.conv2(x))


def centre_crop(image: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The middle; of an odd number too many, one more goes at the end."""
    top = (image.shape[2] - height) // 2
    left = (image.shape[3] - width) // 2
    return image[:, :, top : top + height, left : left + width]
