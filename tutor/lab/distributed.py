"""Several processes that train one network together, each on its share of every batch, as ``torchrun`` starts them.

The first of them, of rank 0, tells what happens, keeps the checkpoints and heeds the face. Where there is one process
alone, all of this does nothing. Runs in the training process alone; with CUDA and NCCL it was not yet tried.

Source: https://pytorch.org/docs/stable/notes/ddp.html
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor, nn

# For that long the others wait for the first, which may be paused.
PATIENCE = timedelta(days=30)


@contextmanager
def together(on_cuda: bool) -> Iterator[None]:
    """Join the other processes, for as long as it lasts; torchrun says in the environment which they are."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    # Gloo for what lies on the CPU, so that agreeing on something does not wait for a GPU.
    dist.init_process_group("cpu:gloo,cuda:nccl" if on_cuda else "gloo", timeout=PATIENCE)
    try:
        yield
    finally:
        dist.destroy_process_group()


def processes() -> int:
    """How many there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this is the process that tells what happens."""
    return not dist.is_initialized() or dist.get_rank() == 0


def trained_together(network: nn.Module) -> nn.Module:
    """The network, such that each backward pass gives the mean of all processes' gradients."""
    return network if processes() == 1 else DistributedDataParallel(network)


def share(batch: Tensor) -> Tensor:
    """This process's share of a batch (B, ...); no two differ by more than one sample."""
    return batch if processes() == 1 else batch.tensor_split(processes())[dist.get_rank()]


def mean(value: Tensor) -> Tensor:
    """The mean of all processes' values, a scalar."""
    if processes() > 1:
        dist.all_reduce(value)
        value /= processes()
    return value


def agreed(values: Sequence[float]) -> list[float]:
    """The first process's values, in all of them; waits for it."""
    if processes() == 1:
        return list(values)
    told = torch.tensor(values, dtype=torch.float64)
    dist.broadcast(told, src=0)
    return told.tolist()


@contextmanager
def first_alone() -> Iterator[None]:
    """What the first process does here it does before the others do it."""
    if not is_first():
        agreed([0.0])
    yield
    if is_first():
        agreed([0.0])
