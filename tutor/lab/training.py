"""A training loop in plain PyTorch. It says what happens by yielding it; who iterates may wait between two steps, or
leave. Runs in the training process alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn

    from tutor.lab.data import Data, Split

LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Step:
    """One optimizer step.

    Attributes:
        loss: mean cross-entropy over the batch, a scalar that is still on the device.
        samples: how many there were in the batch.
    """

    loss: Tensor
    samples: int


@dataclass(frozen=True)
class Evaluation:
    """A test on the whole test set.

    Attributes:
        loss: mean cross-entropy.
        accuracy: per cent classified right.
    """

    loss: float
    accuracy: float


def train(network: nn.Module, data: Data, epochs: int, batch_size: int, seed: int) -> Iterator[Step | Evaluation]:
    """Train a network with Adam on shuffled batches, and test it now and then.

    Args:
        network: (N, 1, 28, 28) to (N, 10) logits; on the data's device.
        seed: decides the order of the batches.

    Yields:
        Each step when it is taken, and each evaluation when it is done; see :func:`evaluation_steps`.
    """
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    shuffle = torch.Generator().manual_seed(seed)
    evaluations = evaluation_steps(len(batches(torch.arange(len(data.train)), batch_size)), epochs)
    step = 0
    network.train()
    for _ in range(epochs):
        order = torch.randperm(len(data.train), generator=shuffle).to(data.train.labels.device)
        for batch in batches(order, batch_size):
            images, labels = data.train.images[batch], data.train.labels[batch]  # (B, 1, 28, 28), (B,)
            optimizer.zero_grad()
            loss = F.cross_entropy(network(images), labels)
            loss.backward()
            optimizer.step()
            step += 1
            # Not loss.item(): on a GPU that would wait for the step to be done before the next is sent.
            yield Step(loss.detach(), len(batch))
            if step in evaluations:
                yield evaluate(network, data.test)
                network.train()


@torch.no_grad()
def evaluate(network: nn.Module, split: Split) -> Evaluation:
    """Test a network, which is left in evaluation mode, on a whole set."""
    network.eval()
    # In parts: the whole set's activations at once would take hundreds of megabytes, and half again as long.
    parts = zip(split.images.split(500), split.labels.split(500), strict=True)
    results = [(network(images), labels) for images, labels in parts]
    logits, labels = (torch.cat(parts) for parts in zip(*results, strict=True))  # (N, 10), (N,)
    correct = (logits.argmax(dim=1) == labels).sum().item()
    return Evaluation(loss=F.cross_entropy(logits, labels).item(), accuracy=100 * correct / len(labels))


def batches(order: Tensor, batch_size: int) -> list[Tensor]:
    """Cut the order (N,) of the samples into batches of indices; the last one may be smaller.

    A last batch of a single sample is left out: batch norm cannot take a variance over it.
    """
    return [batch for batch in order.split(batch_size) if len(batch) > 1]


def evaluation_steps(steps_per_epoch: int, epochs: int) -> list[int]:
    """After which steps a network is tested: eight times in the first epoch, closer together where the curve rises
    fast, four times in each later one, always at an epoch's end.
    """
    first = (1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 1)
    later = [epoch + quarter / 4 for epoch in range(1, epochs) for quarter in (1, 2, 3, 4)]
    return sorted({round(share * steps_per_epoch) for share in (*first, *later)} - {0})


def choose_device(wanted: str | None) -> torch.device:
    """The device that is wanted or, where none is, the best there is: cuda, mps, cpu.

    Raises:
        UsageError: the one that is wanted is not there.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    name = wanted or next(name for name, there in available.items() if there)
    if not available.get(name):
        there = ", ".join(name for name, there in available.items() if there)
        raise UsageError(f'The device "{name}" is not available to PyTorch {torch.__version__}.', f"There is: {there}.")
    return torch.device(name)


def leave_a_core_free() -> None:
    """Let PyTorch compute on one CPU thread fewer than it would, and on four at most, unless OMP_NUM_THREADS is set.

    OpenMP's threads wait for each other in a busy loop: where one of them shares its core with another process, such
    as the face, all lose their time (LeNet at batch 64 on two cores that were not idle: 6,000 samples a second with
    one thread, 500 with two). At these sizes more than four threads gain nothing.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, min(4, torch.get_num_threads() - 1)))


def name_of(device: torch.device) -> str:
    """A device in words."""
    match device.type:
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "mps":
            return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"
