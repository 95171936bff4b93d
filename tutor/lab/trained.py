"""A run's networks as they are by now. Runs in a process of its own alone, beside the training's."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from tutor.errors import TutorError
from tutor.lab.checkpoints import CheckpointFolder
from tutor.lab.datasets import dataset_named
from tutor.lab.networks import build
from tutor.lab.networks.own import layers_from

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from tutor.lab.runs import Run


@dataclass(frozen=True)
class Trained:
    """A network, in evaluation mode.

    Attributes:
        step: after how many steps it is as it is here; None where its training is done.
    """

    name: str
    network: nn.Module
    step: int | None


class TrainedNetworks:
    """The networks of a run that are done, and the one in training as the newest checkpoint has it.

    Raises:
        UsageError: the run's plan, or a copy of the learner's own layers, is not what it should be.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._plan = run.plan()
        self._dataset = dataset_named(self._plan.dataset)
        self._layers = layers_from(run.folder)
        self._checkpoints = CheckpointFolder(run.checkpoints_folder)
        self._read_from: tuple[str, ...] | None = None
        self._networks: tuple[Trained, ...] = ()

    def now(self) -> tuple[Trained, ...]:
        """Those that there are, in the plan's order; read anew only where there is something new.

        Raises:
            TutorError: a file cannot be read.
        """
        done = [name for name in self._plan.trained if self._run.weights_file(name).exists()]
        newest = self._checkpoints.newest_name()
        files = (*done, newest or "")
        if files != self._read_from:
            networks = [self._network(name, _weights(self._run.weights_file(name)), None) for name in done]
            checkpoint = self._checkpoints.look() if newest else None
            if checkpoint is not None and checkpoint.network not in done:
                training = checkpoint.training
                networks.append(self._network(checkpoint.network, training["network"], training["step"]))
            self._networks, self._read_from = tuple(networks), files
        return self._networks

    def _network(self, name: str, weights: dict[str, Any], step: int | None) -> Trained:
        network = build(name, self._layers)
        network.load_state_dict(weights)
        return Trained(name, network.eval(), step)

    def normalised(self, grey_values: bytes) -> Tensor:
        """An image as the networks were trained on: (1, 1, 28, 28), from 784 grey values."""
        pixels = torch.frombuffer(bytearray(grey_values), dtype=torch.uint8).view(1, 1, 28, 28).float()
        return (pixels / 255 - self._dataset.mean) / self._dataset.deviation


@torch.no_grad()
def probabilities(trained: Trained, image: Tensor) -> tuple[float, ...]:
    """What a network takes an image (1, 1, 28, 28) for: a probability for each class."""
    return tuple(trained.network(image).softmax(dim=1)[0].tolist())


def _weights(path: Path) -> dict[str, Any]:
    try:
        weights: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise TutorError(f"{path}: cannot be read: {error}", "Train the network anew.") from error
    return weights
