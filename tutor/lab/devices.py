"""What a training computes on, and what makes it fast there. Runs in the training process alone."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from tutor.errors import UsageError
from tutor.lab import distributed
from tutor.lab.networks.own import has_own_layers

if TYPE_CHECKING:
    from tutor.lab.recipe import Recipe

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


@dataclass(frozen=True)
class Tuning:
    """What is done for speed. It changes no result but in the last bits.

    Attributes:
        bf16: forward and backward compute in bfloat16, under autocast.
        channels_last: the convolutions' weights lie so that a pixel's channels are neighbours.
        fused: the optimizer updates all weights in one kernel.
        cuda_graph: a whole step is recorded once and sent to the GPU in one go from then on.
    """

    bf16: bool
    channels_last: bool
    fused: bool
    cuda_graph: bool


def tuning(device: torch.device, network: nn.Module, recipe: Recipe) -> Tuning:
    """What pays on this device for this network.

    Measured on the CPU: ``benchmarks/lab.py``; bfloat16 pays only where the CPU can multiply it, so that "auto" does
    without. What is said of CUDA is PyTorch's advice and was not tried on a GPU:
    https://pytorch.org/tutorials/recipes/recipes/tuning_guide.html
    """
    on_cuda = device.type == "cuda"
    asked_for = recipe.precision == "bf16"
    if has_own_layers(network):
        return Tuning(bf16=asked_for, channels_last=False, fused=False, cuda_graph=False)
    bf16 = asked_for or (recipe.precision == "auto" and on_cuda and torch.cuda.is_bf16_supported())
    normalises = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())  # noqa: SLF001
    return Tuning(
        bf16=bf16,
        # On the CPU batch norm's kernels for this order are slower by more than the convolutions gain.
        channels_last=(on_cuda and bf16) or (device.type == "cpu" and not normalises),
        fused=on_cuda or device.type == "cpu",
        cuda_graph=on_cuda and not recipe.deterministic and distributed.processes() == 1,
    )


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
    # torchrun says in the environment which of this machine's GPUs is whose.
    return torch.device(f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if name == "cuda" else name)


def leave_a_core_free() -> None:
    """Let PyTorch compute on one CPU thread fewer than it would, and on four at most, unless OMP_NUM_THREADS is set.

    OpenMP's threads wait for each other in a busy loop: where one of them shares its core with another process, such
    as the face, all lose their time (LeNet at batch 64 on two cores that were not idle: 6,000 samples a second with
    one thread, 500 with two). At these sizes more than four threads gain nothing.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, min(4, torch.get_num_threads() - 1)))


def keep_freed_memory() -> None:
    """Have the C library keep what tensors have freed, for the next ones, where it can be told to: glibc.

    By itself it gives large blocks back to the system, which hands the same memory out anew, and zeroed, in each step:
    a quarter of the time of the network "fast" at batch 256.

    Source: https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, -1)):
            mallopt(parameter, value)


def settle(deterministic: bool) -> None:
    """Choose for the whole process whether the same results every time matter more than speed.

    Source: https://pytorch.org/docs/stable/notes/randomness.html
    """
    torch.use_deterministic_algorithms(deterministic)
    # cuDNN tries its algorithms on the first batch, and takes the fastest: not the same one every time.
    torch.backends.cudnn.benchmark = not deterministic


def name_of(device: torch.device) -> str:
    """A device in words."""
    match device.type:
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "mps":
            return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"
