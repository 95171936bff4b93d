"""What a training is asked for. Imports no torch."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tutor.errors import UsageError
from tutor.lab.experiments import EXPERIMENTS
from tutor.lab.recipe import Recipe


class Plan(msgspec.Struct, frozen=True):
    """What a training is asked for.

    Attributes:
        experiment: a name of :data:`tutor.lab.experiments.EXPERIMENTS`, or empty where networks are named.
        networks: names in :mod:`tutor.lab.networks`; none: those of the experiment.
        dataset: ``mnist``, ``fashion-mnist`` or ``kmnist``.
        data: a folder with the data set's idx files, ``"synthetic"``, or None for a download.
        seed: seeds initialisation, the order of the batches, and dropout; the same for every network.
        device: ``cuda``, ``mps``, ``cpu``, or None for the best there is.
        recipe: how each network is trained.
        processes: how many train a network together, each on its share of every batch and on a GPU of its own.
    """

    experiment: str = ""
    networks: tuple[str, ...] = ()
    dataset: str = "mnist"
    data: str | None = None
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    device: str | None = None
    recipe: Recipe = Recipe()
    processes: Annotated[int, msgspec.Meta(ge=1)] = 1

    @property
    def trained(self) -> tuple[str, ...]:
        """The networks that are trained, in this order, one after the other.

        Raises:
            UsageError: there is no such experiment.
        """
        if self.networks:
            return self.networks
        if self.experiment not in EXPERIMENTS:
            raise UsageError(f'There is no experiment "{self.experiment}".', f"The lab has: {', '.join(EXPERIMENTS)}.")
        return EXPERIMENTS[self.experiment].networks

    @property
    def title(self) -> str:
        """What it is about, in one word: the experiment, or the networks."""
        return self.experiment or "+".join(self.networks)


def read_plan(text: bytes) -> Plan:
    """The plan that a plan.json holds, today's or that of a run from before there were recipes.

    Raises:
        msgspec.DecodeError: it holds none.
    """
    fields: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
    recipe = {name: fields.pop(name) for name in ("epochs", "batch_size") if name in fields}
    return msgspec.convert({"recipe": recipe, **fields}, Plan)
