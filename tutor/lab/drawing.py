"""A digit that somebody draws, and what MNIST would have made of it. Imports no torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float64]
"""(28, 28), 0 for paper to 1 for ink."""
Point = tuple[float, float]
"""Across and down, in pixels from the upper left corner of the image: (0.5, 0.5) is the middle of its first pixel."""

SIDE = 28
BOX = 20
"""Into so many pixels square MNIST fits each digit."""
MIDDLE = 14.5
"""Where MNIST's centres of mass are on average, across and down: moved by whole pixels, they lie between 14 and 15."""
BRUSH = 1.25
"""The brush's radius in pixels, up to the middle of its soft edge, which is a pixel wide."""
MIDDLES = np.arange(SIDE) + 0.5


def blank() -> Image:
    """Nothing but paper."""
    return np.zeros((SIDE, SIDE))


def with_stroke(image: Image, start: Point, end: Point, *, erase: bool = False) -> Image:
    """The image after a straight stroke of the brush; ``erase``: of the rubber, which is twice as wide."""
    reach = (2 * BRUSH if erase else BRUSH) + 0.5
    ink = np.clip(reach - _distances(start, end), 0, 1)
    return np.minimum(image, 1 - ink) if erase else np.maximum(image, ink)


def _distances(start: Point, end: Point) -> Image:
    """How far each pixel's middle is from a straight line between two points."""
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    across, down = MIDDLES[None, :] - x, MIDDLES[:, None] - y
    length = dx * dx + dy * dy
    along = np.clip((across * dx + down * dy) / length, 0, 1) if length else 0.0
    distances: Image = np.hypot(across - along * dx, down - along * dy)
    return distances


def as_in_mnist(image: Image) -> Image:
    """The digit as large as MNIST's, and where these are: it just fits a box of 20 x 20, and its centre of mass comes
    to the middle.

    Source: http://yann.lecun.com/exdb/mnist/. How its grey values came from the scaling is not said there: here each
    pixel takes a mean of those around it, whose weights fall off linearly.
    """
    if not image.any():
        return image
    # By its ink, not by the soft edge around it.
    rows, columns = np.nonzero(image >= image.max() / 2)
    scale = BOX / (max(np.ptp(rows), np.ptp(columns)) + 1)
    down, across = (float(image.sum(axis) @ MIDDLES / image.sum()) for axis in (1, 0))
    fitted: Image = _resampling(down, scale) @ image @ _resampling(across, scale).T
    return np.clip(fitted, 0, 1)


def _resampling(middle: float, scale: float) -> Image:
    """(28, 28): the weights of the given image's rows in each row of the new one; of columns likewise.

    Args:
        middle: which place of the given image comes to :data:`MIDDLE`.
        scale: by how much what is drawn grows.
    """
    places = (MIDDLES - MIDDLE) / scale + middle  # from where each row comes
    reach = max(1.0, 1 / scale)
    around = np.arange(-SIDE, 2 * SIDE) + 0.5  # beyond the edges is paper
    weights = np.clip(1 - np.abs(around - places[:, None]) / reach, 0, None)
    weights /= weights.sum(axis=1, keepdims=True)
    within: Image = weights[:, SIDE : 2 * SIDE]
    return within


def grey_values(image: Image) -> bytes:
    """784 grey values row by row, 0 for paper to 255 for ink, as MNIST's files have them."""
    return np.rint(255 * image).astype(np.uint8).tobytes()
