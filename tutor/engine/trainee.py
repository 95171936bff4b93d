"""Training a network of a program: its part that runs where the program does.

The images come over the wire, the labels of the test images never do.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional
from torch.optim.adam import adam

from tutor.lab.one_cycle import one_cycle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

TELL_EVERY_S = 0.5
BATCH = 500
"""How many images go through a network at once when it is only asked."""


class Trainee:
    """A network in training.

    Args:
        network: (N, 1, 28, 28) to (N, 10) logits.
        images: (M, 1, 28, 28) float32.
        labels: (M,) int64.
        seed: decides the order of the batches.
        epochs, batch_size, learning_rate, one_cycle: see :class:`tutor.checks.trained.Trial`.

    Attributes:
        step: how many optimizer steps were taken.
        steps: how many there are in all.
        loss: of the last one, on its batch.
    """

    def __init__(
        self,
        network: nn.Module,
        images: Tensor,
        labels: Tensor,
        *,
        seed: int,
        epochs: int,
        batch_size: int,
        learning_rate: float,
        one_cycle: bool,
    ) -> None:
        self._network = network
        self._images, self._labels = images, labels
        self._batches = self._shuffled(seed, epochs, batch_size)
        # A batch of one is left out: batch norm takes no variance over it.
        self.steps = epochs * (len(labels) // batch_size + (len(labels) % batch_size > 1))
        self._learning_rate, self._one_cycle = learning_rate, one_cycle
        self._adam = _Adam(network)
        self.step, self.loss = 0, math.nan

    def train(self, seconds: float) -> None:
        """Train for about so long, or to the end."""
        until = time.monotonic() + seconds
        self._network.train()
        for batch in self._batches:
            rate = self._learning_rate * (one_cycle(self.step / self.steps) if self._one_cycle else 1)
            self._network.zero_grad()
            loss = functional.cross_entropy(self._network(self._images[batch]), self._labels[batch])
            loss.backward()
            self._adam.step(rate)
            self.step, self.loss = self.step + 1, loss.item()
            if time.monotonic() >= until:
                return

    @torch.no_grad()
    def logits(self, images: Tensor) -> Tensor:
        """(N, 10) for images (N, 1, 28, 28), in eval mode."""
        self._network.eval()
        return torch.cat([self._network(some) for some in images.split(BATCH)])

    def _shuffled(self, seed: int, epochs: int, batch_size: int) -> Iterator[Tensor]:
        random = torch.Generator().manual_seed(seed)
        for _ in range(epochs):
            order = torch.randperm(len(self._labels), generator=random)
            yield from (batch for batch in order.split(batch_size) if len(batch) > 1)


class _Adam:
    """``torch.optim.Adam`` without what its constructor imports, two seconds of it, in each worker anew."""

    def __init__(self, network: nn.Module) -> None:
        parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        # Each with the running means of its gradient and of its square, and how many steps it has been taken.
        self._all = [
            (one, torch.zeros_like(one), torch.zeros_like(one), torch.zeros((), dtype=torch.float32))
            for one in parameters
        ]

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        moving = [one for one in self._all if one[0].grad is not None]
        parameters, means, squares, steps = (list(column) for column in zip(*moving, strict=True))
        adam(
            *(parameters, [one.grad for one in parameters], means, squares, [], steps),
            fused=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=learning_rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
