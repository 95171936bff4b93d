"""Looking into a network while it is trained, without touching the training: what it computes stays the same to the
last bit. Runs in the training process alone.
"""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tutor.lab import distributed
from tutor.lab.classified import classified
from tutor.lab.events import LayerStatistics
from tutor.lab.layer_statistics import layer_statistics, update_ratios
from tutor.lab.networks.own import has_own_layers
from tutor.lab.training import steps_per_epoch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from torch import nn

    from tutor.lab.data import Data
    from tutor.lab.events import Event, Layer
    from tutor.lab.recipe import Recipe
    from tutor.lab.training import Evaluation, Training

# Of a first epoch of MNIST all this takes 0.3 to 0.6 % of the CPU's time, of a later one 0.1 to 0.2 %.
SAMPLES = 32
GROWTH = 4


@dataclass
class Inspection:
    """Looks into one network, and tells what it sees.

    Layers are measured in a twin: the network's own are its gradients, batch norm's running statistics, and whatever a
    learner's layer keeps. Of several processes that train together the first one looks.

    Attributes:
        name: the network's.
        network: the one in training.
        twin: another one, of the same layers, for this alone.
    """

    name: str
    network: nn.Module
    twin: nn.Module
    training: Training
    data: Data
    recipe: Recipe
    say: Callable[[Event], None]

    def __post_init__(self) -> None:
        per_epoch = steps_per_epoch(len(self.data.train), self.recipe.batch_size)
        self._due = inspection_steps(self.training.evaluations, per_epoch)
        self._samples = min(SAMPLES, self.recipe.batch_size, len(self.data.train))
        self._shades = self.data.test.images.aminmax()

    def begin(self) -> None:
        """Look before the first step."""
        if self.training.step == 0 and distributed.is_first():
            self._tell_layers()

    def tested(self, evaluation: Evaluation) -> None:
        """Look after a test, where it is time, or where it was the last because the target is reached."""
        target = self.recipe.target
        is_last = target is not None and evaluation.accuracy >= target
        if (is_last or self.training.step in self._due) and distributed.is_first():
            self._tell_layers()
            if evaluation.logits is not None:
                self.say(classified(self.name, self.training.step, evaluation.logits, self.data.test, self._shades))

    def _tell_layers(self) -> None:
        """Measure the layers. No figures are worth a training: where it cannot be done, there are none."""
        try:
            layers = self._layers()
        except torch.OutOfMemoryError:
            return
        except Exception:
            if not has_own_layers(self.network):
                raise
            traceback.print_exc()  # what a learner's layers do in the network they need not do in a twin
            return
        self.say(LayerStatistics(self.name, self.training.step, self._samples, layers))

    def _layers(self) -> tuple[Layer, ...]:
        images, labels = self.data.train.images[: self._samples], self.data.train.labels[: self._samples]
        updates = update_ratios(self.network, self.training.state_dict()["optimizer"])
        self.twin.load_state_dict(self.network.state_dict())
        with random_numbers_kept(labels.device):
            return layer_statistics(self.twin.train(), images, labels, updates)


def inspection_steps(tests: Sequence[int], per_epoch: int) -> Collection[int]:
    """After which tests a network is looked into: at each epoch's end, and each time there were :data:`GROWTH` times as
    many steps as the last time. It changes most at the beginning.

    Args:
        tests: after which steps it is tested, in order.
    """
    due: list[int] = []
    for step in tests:
        if step % per_epoch == 0 or not due or step >= GROWTH * due[-1]:
            due.append(step)
    return due


@contextmanager
def random_numbers_kept(device: torch.device) -> Iterator[None]:
    """What is drawn here of PyTorch's random numbers is drawn again after it."""
    on_device = None if device.type == "cpu" else torch.get_device_module(device)
    here, there = torch.get_rng_state(), on_device and on_device.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(here)
        if on_device is not None:
            on_device.set_rng_state(there)
