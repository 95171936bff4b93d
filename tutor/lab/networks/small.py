"""The small networks: LeNet, which is the slides' base model, with its variants, and one that learns fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from tutor.lab.networks.layers import sequential

if TYPE_CHECKING:
    from tutor.lab.networks.layers import Layers


def lenet(layers: Layers, *, batch_norm: bool = False, dropout: float | None = None) -> nn.Module:
    """The base model: LeNet-5 as it is taught today, with ReLU and max pooling. (N, 1, 28, 28) → (N, 10).

    Batch norm and dropout draw no number when they are made: from one seed, all variants start with the same weights.

    Args:
        batch_norm: whether each convolution and each hidden linear layer is followed by batch norm, before its ReLU.
        dropout: probability p of a dropout after each hidden linear layer, behind its ReLU; None for none.

    Source: LeCun et al., *Gradient-based learning applied to document recognition* (1998), figure 2. Batch norm:
    Ioffe and Szegedy, *Batch Normalization* (2015), section 3.2. Dropout: Srivastava et al., *Dropout* (2014).
    """
    if layers.lenet and not batch_norm and dropout is None:
        return layers.lenet()

    def norm2d(channels: int) -> nn.Module | None:
        return layers.batch_norm2d(channels) if batch_norm else None

    def norm1d(features: int) -> nn.Module | None:
        return layers.batch_norm1d(features) if batch_norm else None

    def drop() -> nn.Module | None:
        return None if dropout is None else layers.dropout(dropout)

    return sequential(
        # (N, 1, 28, 28)
        conv1=layers.conv2d(1, 6, kernel_size=5, padding=2),
        norm1=norm2d(6),
        relu1=nn.ReLU(),
        pool1=layers.max_pool2d(2),
        # (N, 6, 14, 14)
        conv2=layers.conv2d(6, 16, kernel_size=5),
        norm2=norm2d(16),
        relu2=nn.ReLU(),
        pool2=layers.max_pool2d(2),
        # (N, 16, 5, 5)
        flatten=nn.Flatten(),
        # (N, 400)
        linear1=nn.Linear(400, 120),
        norm3=norm1d(120),
        relu3=nn.ReLU(),
        dropout1=drop(),
        linear2=nn.Linear(120, 84),
        norm4=norm1d(84),
        relu4=nn.ReLU(),
        dropout2=drop(),
        linear3=nn.Linear(84, 10),
        # (N, 10)
    )


def fast(layers: Layers) -> nn.Module:
    """A network that reaches 99 % on MNIST in one epoch, with the recipe "fast". (N, 1, 28, 28) → (N, 10).

    Made for few operations: its first convolution computes every second row and column, where others pool; behind the
    second one it pools before the ReLU, which gives the same as after it for a quarter of the work; nothing is padded.
    Channels come in eights, as many as an AVX register holds.

    Source: after the network of https://github.com/tuomaso/train_mnist_fast, which pools twice.
    """
    return sequential(
        # (N, 1, 28, 28)
        conv1=layers.conv2d(1, 8, kernel_size=6, stride=2),
        relu1=nn.ReLU(),
        # (N, 8, 12, 12)
        conv2=layers.conv2d(8, 24, kernel_size=3),
        pool2=layers.max_pool2d(2),
        relu2=nn.ReLU(),
        # (N, 24, 5, 5)
        flatten=nn.Flatten(),
        # (N, 600)
        linear1=nn.Linear(600, 128),
        relu3=nn.ReLU(),
        linear2=nn.Linear(128, 10),
        # (N, 10)
    )
