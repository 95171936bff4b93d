"""The networks of the lab's experiments."""

from __future__ import annotations

from torch import nn

from tutor.errors import UsageError


def build(name: str) -> nn.Module:
    """Build a network: (N, 1, 28, 28) images to (N, 10) logits.

    Args:
        name: ``base`` or ``bn``.

    Raises:
        UsageError: there is no network of that name.
    """
    match name:
        case "base":
            return small_cnn()
        case "bn":
            return small_cnn(batch_norm=True)
    raise UsageError(f'There is no network "{name}".', "The lab has: base, bn.")


def small_cnn(batch_norm: bool = False) -> nn.Module:
    """The base CNN: LeNet-5 as it is taught today, with ReLU and max pooling.

    Batch norm adds no random number to the initialisation: from one seed, both start with the same weights.

    Args:
        batch_norm: whether each convolution and each hidden linear layer is followed by batch norm, before its ReLU.

    Source: LeCun et al., *Gradient-based learning applied to document recognition* (1998), figure 2; for batch norm
    Ioffe and Szegedy, *Batch Normalization* (2015), section 3.2.
    """

    def norm2d(channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels) if batch_norm else nn.Identity()

    def norm1d(features: int) -> nn.Module:
        return nn.BatchNorm1d(features) if batch_norm else nn.Identity()

    return nn.Sequential(
        # (N, 1, 28, 28)
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        norm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        # (N, 6, 14, 14)
        nn.Conv2d(6, 16, kernel_size=5),
        norm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        # (N, 16, 5, 5)
        nn.Flatten(),
        # (N, 400)
        nn.Linear(400, 120),
        norm1d(120),
        nn.ReLU(),
        nn.Linear(120, 84),
        norm1d(84),
        nn.ReLU(),
        nn.Linear(84, 10),
        # (N, 10)
    )
