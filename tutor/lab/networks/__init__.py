"""The networks of the lab, each of PyTorch's layers or of the learner's own. What faces say of them, without torch, is
in :mod:`tutor.lab.experiments`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.lab.experiments import find_network
from tutor.lab.networks.deep import deep_lenet, mini_resnet, resnet
from tutor.lab.networks.layers import PYTORCH, Layers
from tutor.lab.networks.small import fast, lenet

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Layers", "build"]


def build(name: str, layers: Layers = PYTORCH) -> nn.Module:
    """Build a network: (N, 1, 28, 28) images to (N, 10) logits.

    From one seed, networks start with the same weights wherever they have layers of the same name.

    Args:
        name: a name of :data:`tutor.lab.experiments.NETWORKS`, with a number in the place of N or P.
        layers: what it is made of.

    Raises:
        UsageError: there is no network of that name; says what there is.
    """
    network, number = find_network(name)
    match network.name:
        case "base" | "lenet":
            return lenet(layers)
        case "bn" | "lenet-bn":
            return lenet(layers, batch_norm=True)
        case "dropout" | "dropout-P":
            return lenet(layers, dropout=0.5 if number is None else number)
        case "skip" | "plain":
            return deep_lenet(layers, skip=network.name == "skip")
        case "residual-N" | "plain-N":
            return resnet(layers, int(number or 0), skip=network.name == "residual-N")
        case "mini-resnet":
            return mini_resnet(layers)
        case "fast":
            return fast(layers)
    raise AssertionError(f"{network.name} is named and not built")
