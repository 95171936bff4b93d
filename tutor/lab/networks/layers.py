"""What the networks of the lab are made of: PyTorch's own layers, or whatever behaves as they do."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

    MakesLayer = Callable[..., nn.Module]


@dataclass(frozen=True)
class Layers:
    """What makes each kind of layer; called as PyTorch's own class is, without arguments by keyword but ``conv2d``'s.

    Attributes:
        conv2d: from ``in_channels, out_channels, kernel_size=, stride=, padding=, bias=``.
        max_pool2d: from ``kernel_size``.
        batch_norm2d: from ``num_features``, for (N, C, H, W).
        batch_norm1d: from ``num_features``, for (N, C).
        dropout: from ``p``.
        residual_block: from ``channels, hidden_channels``; None for ours, made of the layers above. So are the next.
        projection_block: from ``in_channels, hidden_channels, out_channels, stride``.
        basic_block: from ``in_channels, out_channels, stride``.
        lenet: the whole of LeNet, from nothing.
    """

    conv2d: MakesLayer = nn.Conv2d
    max_pool2d: MakesLayer = nn.MaxPool2d
    batch_norm2d: MakesLayer = nn.BatchNorm2d
    batch_norm1d: MakesLayer = nn.BatchNorm1d
    dropout: MakesLayer = nn.Dropout
    residual_block: MakesLayer | None = None
    projection_block: MakesLayer | None = None
    basic_block: MakesLayer | None = None
    lenet: MakesLayer | None = None


PYTORCH = Layers()
"""PyTorch's own, and our blocks."""


def sequential(**layers: nn.Module | None) -> nn.Sequential:
    """Layers one after the other, under their names; what is None is left out."""
    return nn.Sequential(OrderedDict((name, layer) for name, layer in layers.items() if layer is not None))
