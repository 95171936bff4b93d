"""What the lab can train: the deck's experiments and what the slides report of them, and the networks by name.

Imports no torch: menus, help, completion and the errors of faces are made of this.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 1202
"""Layers of the deepest net of He et al. (2015), section 4.2."""


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes:
        name: what one types: ``cnn-tutor train NAME``.
        title: what it is about.
        networks: their names, in the order in which they are trained.
        slides: the test accuracy in per cent that the slides report for a network.
    """

    name: str
    title: str
    networks: tuple[str, ...]
    slides: dict[str, float]


EXPERIMENTS = {
    one.name: one
    for one in (
        Experiment("bn", "Batch normalisation", ("base", "bn"), {"base": 97.53, "bn": 97.85}),
        Experiment("dropout", "Dropout", ("base", "dropout"), {"base": 97.53, "dropout": 97.58}),
        Experiment("skip", "Skip connections", ("plain", "skip"), {}),
        Experiment("degradation", "Degradation", ("plain-8", "residual-8", "plain-32", "residual-32"), {}),
    )
}


@dataclass(frozen=True)
class Number:
    """The number in a network's name.

    Attributes:
        sign: what stands for it, ``N`` or ``P``.
        says: what it is, and what it can be.
        read: from what was typed; raises ValueError, with words for whoever typed it, where it cannot be that.
        title: of the network with it; ``{}`` is the number.
        examples: what a menu or a completion offers.
    """

    sign: str
    says: str
    read: Callable[[str], float]
    title: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """A network, or one for each number.

    Attributes:
        name: what one types; ``N`` or ``P`` at its end stands for a number.
        title: what it is.
        says: what it is made of, in a line.
        layers: the fields of :class:`tutor.lab.networks.Layers` that it is made of.
        number: that number, or None.
    """

    name: str
    title: str
    says: str
    layers: frozenset[str]
    number: Number | None = None

    @property
    def examples(self) -> tuple[str, ...]:
        """Names that can be typed as they are."""
        if self.number is None:
            return (self.name,)
        return tuple(self.name.removesuffix(self.number.sign) + example for example in self.number.examples)


LAYERS_SAYS = f"N is how many layers have weights: 6n + 2 of them, from 8 to {DEEPEST}."
DROPOUT_SAYS = "P is the probability that an element is dropped: 0 or more, and below 1."


def _depth(typed: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", typed):
        raise ValueError(LAYERS_SAYS)
    depth = int(typed)
    n = min(max(1, round((depth - 2) / 6)), (DEEPEST - 2) // 6)
    if depth != 6 * n + 2:
        raise ValueError(f"{LAYERS_SAYS} The nearest to {depth} is {6 * n + 2}.")
    return depth


def _probability(typed: str) -> float:
    if not re.fullmatch(r"0|0?\.\d{1,9}", typed):
        raise ValueError(DROPOUT_SAYS)
    return float(typed)


def _layers_number(title: str) -> Number:
    return Number("N", LAYERS_SAYS, _depth, title, ("8", "20", "32", "44", "56"))


_CONV, _POOL, _DROPOUT = "conv2d", "max_pool2d", "dropout"
_NORM2D, _NORM1D = "batch_norm2d", "batch_norm1d"
_BASE = frozenset({_CONV, _POOL})

NETWORKS = {
    one.name: one
    for one in (
        Network("base", "base CNN", "two convolutions, three linear layers: LeNet", _BASE | {"lenet"}),
        Network("bn", "base CNN with batch norm", "batch norm before each ReLU", _BASE | {_NORM2D, _NORM1D}),
        Network("dropout", "base CNN with dropout", "p = 0.5 behind each hidden linear layer", _BASE | {_DROPOUT}),
        Network(
            "dropout-P",
            "base CNN with dropout P",
            "the same with another p",
            _BASE | {_DROPOUT},
            Number(
                "P",
                DROPOUT_SAYS,
                _probability,
                "base CNN with dropout {}",
                tuple(f"0.{tenths}" for tenths in range(1, 10)),
            ),
        ),
        Network("plain", "deep CNN", "the base CNN with seven blocks of two convolutions, no batch norm", _BASE),
        Network(
            "skip",
            "deep CNN with skip connections",
            "the same, and each block's input is added to its output",
            _BASE | {"residual_block", "projection_block"},
        ),
        Network("lenet", "LeNet", "another name of base", _BASE | {"lenet"}),
        Network("lenet-bn", "LeNet with batch norm", "another name of bn", _BASE | {_NORM2D, _NORM1D}),
        Network(
            "plain-N",
            "plain net of N layers",
            "ResNet's net for small images without its shortcuts, with batch norm; its first stride is 2",
            frozenset({_CONV, _NORM2D}),
            _layers_number("plain net of {} layers"),
        ),
        Network(
            "residual-N",
            "residual net of N layers",
            "ResNet's net for small images; its first stride is 2",
            frozenset({_CONV, _NORM2D, "basic_block"}),
            _layers_number("residual net of {} layers"),
        ),
        Network(
            "mini-resnet",
            "MiniResNet",
            "three basic blocks; reaches 99 % in one epoch with the recipe fast",
            _BASE | {_NORM2D, "basic_block"},
        ),
        Network(
            "fast",
            "fast CNN",
            "two small convolutions, the first with stride 2; reaches 99 % in one epoch with the recipe fast",
            _BASE,
        ),
    )
}

NETWORK_TITLES = {one.name: one.title for one in NETWORKS.values() if one.number is None}


def network_examples() -> tuple[str, ...]:
    """Names that can be typed as they are, for menus and completion."""
    return tuple(name for network in NETWORKS.values() for name in network.examples)


def find_network(name: str) -> tuple[Network, float | None]:
    """The network that is meant by a name, and the number in it.

    Raises:
        UsageError: there is none, or none with such a number; names the nearest.
    """
    network, typed = _split(name)
    if network is None:
        close = difflib.get_close_matches(name.lower(), network_examples(), n=3)
        nearest = f"Did you mean {' or '.join(close)}? " if close else ""
        raise UsageError(f"there is no network '{name}'", f"{nearest}There are: {', '.join(NETWORKS)}.")
    if network.number is None:
        return network, None
    try:
        return network, network.number.read(typed)
    except ValueError as error:
        raise UsageError(f"there is no network '{name}'", f"{error} For example: {network.examples[1]}.") from None


def title_of(name: str) -> str:
    """A network's title; the name itself where there is no such network, as in the events of another version."""
    network, typed = _split(name)
    if network is None:
        return name
    return network.number.title.format(typed) if network.number else network.title


def _split(name: str) -> tuple[Network | None, str]:
    """The network that a name begins as, and what stands in the place of its number."""
    if name in NETWORKS and NETWORKS[name].number is None:
        return NETWORKS[name], ""
    for network in NETWORKS.values():
        begins = network.name.removesuffix(network.number.sign) if network.number else None
        if begins and name.startswith(begins):
            return network, name.removeprefix(begins)
    return None, ""
