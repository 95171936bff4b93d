"""Digits drawn by a generator, in MNIST's shapes: for trying out, for tests, and where there is no network."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# Ten digits of 5 x 7 dots, side by side, one column between them.
FONT = (
    " ###    #    ###   ###     #  #####  ###  #####  ###   ### ",
    "#   #  ##   #   # #   #   ##  #     #   #     # #   # #   #",
    "#   #   #       #     #  # #  ####  #        #  #   # #   #",
    "#   #   #      #    ##  #  #      # ####     #   ###   ####",
    "#   #   #     #       # #####     # #   #   #   #   #     #",
    "#   #   #    #    #   #    #  #   # #   #   #   #   # #   #",
    " ###   ###  #####  ###     #   ###   ###    #    ###   ### ",
)


def draw_digits(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw random digits, each scaled, slanted, shifted, blurred and strewn with noise in its own way.

    Args:
        count: how many, N.
        seed: decides all of it; the same seed draws the same digits.

    Returns:
        images (N, 28, 28) uint8, white on black as MNIST's, and labels (N,) int64.
    """
    random = torch.Generator().manual_seed(seed)

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(count, generator=random) * (high - low) + low

    labels = torch.randint(10, (count,), generator=random)
    canvases = _digits_on_canvas()[labels]  # (N, 1, 28, 28)
    # affine_grid maps places of the result to places of the source: a larger factor draws a smaller digit.
    across, down = uniform(0.9, 1.4), uniform(0.9, 1.3)
    slant, turn = uniform(-0.25, 0.25), uniform(-0.1, 0.1)
    right, below = uniform(-0.2, 0.2), uniform(-0.15, 0.15)
    places = torch.stack((across, slant, right, turn, down, below), dim=1).view(count, 2, 3)
    images = F.grid_sample(
        canvases, F.affine_grid(places, [count, 1, 28, 28], align_corners=False), align_corners=False
    )
    ink = uniform(0.7, 1.0).view(count, 1, 1, 1)
    noise = torch.randn(images.shape, generator=random) * 0.08
    images = F.avg_pool2d(images, 3, stride=1, padding=1) * ink + noise
    return (images.clamp(0, 1) * 255).to(torch.uint8).squeeze(1), labels


def _digits_on_canvas() -> Tensor:
    """The font's ten digits, each dot 3 x 3 pixels, in the middle of a canvas: (10, 1, 28, 28), 0 or 1."""
    dots = torch.tensor([[float(dot == "#") for dot in row] for row in FONT])  # (7, 59)
    digits = torch.stack([dots[:, start : start + 5] for start in range(0, 60, 6)])  # (10, 7, 5)
    pixels = digits.repeat_interleave(3, dim=1).repeat_interleave(3, dim=2)  # (10, 21, 15)
    return F.pad(pixels, (6, 7, 3, 4)).unsqueeze(1)
