"""The deck's experiments: which networks are compared, and what the slides report. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes:
        name: what one types: ``cnn-tutor train NAME``.
        title: what it is about.
        networks: names in :mod:`tutor.lab.networks`, in the order in which they are trained.
        slides: the test accuracy in per cent that the slides report for each network.
    """

    name: str
    title: str
    networks: tuple[str, ...]
    slides: dict[str, float]


EXPERIMENTS = {
    "bn": Experiment("bn", "Batch normalisation", ("base", "bn"), {"base": 97.53, "bn": 97.85}),
}

NETWORK_TITLES = {"base": "base CNN", "bn": "base CNN with batch norm"}
