"""A training loop in plain PyTorch. It says what happens by yielding it; who iterates may wait between two steps, or
leave. Runs in the training process alone.

A training can be set down between any two steps and taken up again: what it computes then is what it would have
computed, on a CPU to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from tutor.lab import distributed
from tutor.lab.cuda_graph import GraphedStep
from tutor.lab.devices import tuning
from tutor.lab.one_cycle import one_cycle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor, nn

    from tutor.lab.data import Data, Split
    from tutor.lab.recipe import Recipe, Schedule

# Batch norm cannot take a variance over one sample.
LEAST_AT_ONCE = 2


@dataclass(frozen=True)
class Step:
    """One optimizer step.

    Attributes:
        loss: mean cross-entropy over the batch, from smoothed labels where the recipe smooths them; a scalar that is
            still on the device.
        samples: how many there were in the batch.
        learning_rate: with which it was taken.
    """

    loss: Tensor
    samples: int
    learning_rate: float


@dataclass(frozen=True)
class Evaluation:
    """A test on the whole test set.

    Attributes:
        loss: mean cross-entropy.
        accuracy: per cent classified right.
        logits: (N, 10), of all images in the test set's order; they are no part of what makes two evaluations equal.
    """

    loss: float
    accuracy: float
    logits: Tensor | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class OutOfMemory:
    """A batch did not fit into the device's memory; the same step is now tried with half as many samples at once.

    Attributes:
        at_once: how many samples go through the network together from now on; their gradients are added up, so that
            a step still takes a whole batch. (Batch norm takes its mean and variance over those that go together.)
        batch_size: how many samples a step takes, as before.
    """

    at_once: int
    batch_size: int


Happening = Step | Evaluation | OutOfMemory


def train(network: nn.Module, data: Data, recipe: Recipe, seed: int) -> Iterator[Happening]:
    """Train a network from its first step to its last; see :class:`Training`."""
    return Training(network, data, recipe, seed).run()


class Training:
    """One network's training with Adam on shuffled batches, tested now and then.

    Args:
        network: (N, 1, 28, 28) to (N, 10) logits; on the data's device.
        seed: decides the order of the batches and the augmentation. Initialisation and dropout take PyTorch's own
            random numbers, which are the caller's to seed.
        evaluations: after which steps it is tested; None for those of :func:`evaluation_steps`.

    Attributes:
        step: how many optimizer steps were taken.
        steps: how many there are in all.
        evaluations: after which steps it is tested.
        tests_to_come: how often it will still be tested.
        learning_rate: the recipe's; where the schedule changes it, its highest. It may be set while the training runs.
    """

    def __init__(
        self, network: nn.Module, data: Data, recipe: Recipe, seed: int, evaluations: Sequence[int] | None = None
    ) -> None:
        self._device = data.train.labels.device
        self._tuning = tuning(self._device, network, recipe)
        if self._tuning.channels_last:
            network.to(memory_format=torch.channels_last)
        self._network = network
        self._together = distributed.trained_together(network)
        self._data = data
        self._recipe = recipe
        self._seed = seed
        self._black = data.train.images.amin()

        # What a graph is to read anew each time has to be a tensor.
        self._rate = torch.zeros((), device=self._device) if self._tuning.cuda_graph else None
        # Adam, but for its weight decay, which AdamW keeps out of the running means of the gradient.
        self._optimizer = torch.optim.AdamW(
            network.parameters(),
            lr=recipe.learning_rate,
            betas=recipe.betas,
            weight_decay=recipe.weight_decay,
            fused=self._tuning.fused,
            capturable=self._tuning.cuda_graph,
        )
        self._update: Callable[..., Tensor] = GraphedStep(self._descend) if self._tuning.cuda_graph else self._descend

        self._steps_per_epoch = steps_per_epoch(len(data.train), recipe.batch_size)
        if evaluations is None:
            evaluations = evaluation_steps(self._steps_per_epoch, recipe.epochs)
        self.evaluations = list(evaluations)
        self._at_once = recipe.batch_size
        self._tested_after = 0
        self._is_good_enough = False
        self.step = 0
        self.steps = self._steps_per_epoch * recipe.epochs
        self.learning_rate = recipe.learning_rate

    @property
    def tests_to_come(self) -> int:
        """How often it will still be tested."""
        return sum(step > self._tested_after for step in self.evaluations)

    def run(self) -> Iterator[Happening]:
        """Train from where it stands to the end.

        Yields:
            Each step when it is taken, and each evaluation when it is done; see :func:`evaluation_steps`.

        Raises:
            torch.OutOfMemoryError: not even two samples fit.
        """
        self._network.train()
        yield from self._test_if_due()
        for batch in self._batches_to_come():
            if self._is_good_enough:
                return
            yield from self._take_step(*batch)
            yield from self._test_if_due()

    def _batches_to_come(self) -> Iterator[tuple[Tensor, ...]]:
        """The indices (B,) of each batch's samples and, where the recipe moves images, by how much (B, 2)."""
        random = torch.Generator().manual_seed(self._seed)
        samples, shift = len(self._data.train), self._recipe.shift
        for epoch in range(self._recipe.epochs):
            # Drawn for epochs that are behind us too: the generator comes where it was.
            drawn = [torch.randperm(samples, generator=random)]
            if shift:
                drawn.append(torch.randint(-shift, shift + 1, (samples, 2), generator=random))
            on_device = [batches(all_of_them.to(self._device), self._recipe.batch_size) for all_of_them in drawn]
            behind = max(0, self.step - epoch * self._steps_per_epoch)
            yield from list(zip(*on_device, strict=True))[behind:]

    def _take_step(self, samples: Tensor, *moves: Tensor) -> Iterator[Step | OutOfMemory]:
        rate = self.learning_rate * schedule(self._recipe.schedule, self.step / self.steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate if self._rate is None else self._rate.fill_(rate)
        loss: Tensor | None = None
        while loss is None:
            try:
                loss = self._update(samples, *moves)
            except torch.OutOfMemoryError:
                if self._at_once <= LEAST_AT_ONCE or distributed.processes() > 1:
                    raise  # of several processes the others cannot know that they are to try again
            # Not above: as long as the exception is handled, its traceback holds what takes the memory.
            if loss is None:
                self._at_once = max(LEAST_AT_ONCE, self._at_once // 2)
                yield OutOfMemory(self._at_once, self._recipe.batch_size)
        self.step += 1
        # Not loss.item(): on a GPU that would wait for the step to be done before the next is sent.
        yield Step(loss, len(samples), rate)

    def _descend(self, samples: Tensor, moves: Tensor | None = None) -> Tensor:
        """Forward, backward, and a step of the optimizer.

        Args:
            samples: (B,) indices.
            moves: (B, 2), by how many pixels each image is moved.

        Returns:
            The loss, a scalar.
        """
        here = distributed.share(samples)
        # index_select copies whole images; images[here], which may be indexed in any way, goes number by number.
        images = self._data.train.images.index_select(0, here)  # (B, 1, 28, 28)
        labels = self._data.train.labels.index_select(0, here)  # (B,)
        if moves is not None:
            images = moved(images, distributed.share(moves), self._black)
        parts = min(math.ceil(len(here) / self._at_once), len(here) // LEAST_AT_ONCE)
        losses = []
        self._optimizer.zero_grad()
        for some_images, some_labels in zip(images.tensor_split(parts), labels.tensor_split(parts), strict=True):
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._tuning.bf16):
                logits = self._together(some_images)  # (B, 10)
                loss = F.cross_entropy(logits, some_labels, label_smoothing=self._recipe.label_smoothing)
            # The batch's mean is made of its parts' means, by their sizes; of the processes' losses the mean is taken.
            loss = loss * (len(some_labels) * distributed.processes() / len(samples))
            loss.backward()
            losses.append(loss.detach())
        self._optimizer.step()
        return distributed.mean(torch.stack(losses).sum())

    def _test_if_due(self) -> Iterator[Evaluation]:
        if self.step in self.evaluations and self.step > self._tested_after:
            evaluation = evaluate(self._network, self._data.test)
            # Each process has batch norm's running statistics of its own shares: the first one's count.
            loss, accuracy = distributed.agreed([evaluation.loss, evaluation.accuracy])
            evaluation = replace(evaluation, loss=loss, accuracy=accuracy)
            self._network.train()
            self._tested_after = self.step
            target = self._recipe.target
            self._is_good_enough = target is not None and evaluation.accuracy >= target
            yield evaluation

    def state_dict(self) -> dict[str, Any]:
        """All that it takes to go on exactly from here, PyTorch's own random numbers included; see :meth:`run`."""
        state = {
            "network": self._network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "learning_rate": self.learning_rate,
            "step": self.step,
            "tested_after": self._tested_after,
            "is_good_enough": self._is_good_enough,
            "at_once": self._at_once,
            "random": torch.get_rng_state(),
        }
        if self._device.type == "cuda":
            state["random_on_gpu"] = torch.cuda.get_rng_state(self._device)
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Inverse of :meth:`state_dict`, for a training of the same network on the same data by the same recipe."""
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.learning_rate = state["learning_rate"]
        self.step = state["step"]
        self._tested_after = state["tested_after"]
        self._is_good_enough = state["is_good_enough"]
        self._at_once = state["at_once"]
        torch.set_rng_state(state["random"])
        if self._device.type == "cuda":
            torch.cuda.set_rng_state(state["random_on_gpu"], self._device)


@torch.no_grad()
def evaluate(network: nn.Module, split: Split) -> Evaluation:
    """Test a network, which is left in evaluation mode, on a whole set."""
    network.eval()
    # In parts: the whole set's activations at once would take hundreds of megabytes, and half again as long.
    parts = zip(split.images.split(500), split.labels.split(500), strict=True)
    results = [(network(images), labels) for images, labels in parts]
    logits, labels = (torch.cat(parts) for parts in zip(*results, strict=True))  # (N, 10), (N,)
    correct = (logits.argmax(dim=1) == labels).sum().item()
    return Evaluation(F.cross_entropy(logits, labels).item(), accuracy=100 * correct / len(labels), logits=logits)


def batches(order: Tensor, batch_size: int) -> list[Tensor]:
    """Cut what there is of each sample, (N, ...), into batches; the last one may be smaller.

    A last batch of a single sample is left out: batch norm cannot take a variance over it.
    """
    return [batch for batch in order.split(batch_size) if len(batch) >= _least()]


def steps_per_epoch(samples: int, batch_size: int) -> int:
    """How many :func:`batches` there are."""
    return samples // batch_size + (samples % batch_size >= _least())


def _least() -> int:
    """How many samples a batch has at least, for each process to have its share."""
    return LEAST_AT_ONCE * distributed.processes()


def evaluation_steps(steps_per_epoch: int, epochs: int) -> list[int]:
    """After which steps a network is tested: eight times in the first epoch, closer together where the curve rises
    fast, four times in each later one, always at an epoch's end.
    """
    first = (1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 1)
    later = [epoch + quarter / 4 for epoch in range(1, epochs) for quarter in (1, 2, 3, 4)]
    return sorted({round(share * steps_per_epoch) for share in (*first, *later)} - {0})


def schedule(name: Schedule, progress: float) -> float:
    """By what the learning rate is multiplied after this share of the steps, 0 to 1."""
    return one_cycle(progress) if name == "one-cycle" else 1.0


def moved(images: Tensor, moves: Tensor, background: Tensor) -> Tensor:
    """Move each image down and to the right, by its own number of pixels; what was beyond the edge is background.

    Args:
        images: (B, 1, H, W).
        moves: (B, 2) whole numbers, which may be negative.
        background: a scalar.

    Returns:
        (B, 1, H, W).
    """
    height, width = images.shape[-2:]
    rows = torch.arange(height, device=images.device) - moves[:, :1]  # (B, H): from which row each row comes
    columns = torch.arange(width, device=images.device) - moves[:, 1:]  # (B, W)
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    rows, columns = rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
    which = torch.arange(len(images), device=images.device)[:, None, None]
    return torch.where(inside, images[which, 0, rows, columns], background)[:, None]
