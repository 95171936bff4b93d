"""Keeping a submission from having PyTorch do what it is asked to write itself.

What counts is the operators that really run, so that no alias, import or wrapper hides a call. It guards learning, not
marks: a program in its own process can get around it by setting out to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.autograd import forward_ad
from torch.utils._python_dispatch import TorchDispatchMode

Forbidden = Mapping[str, str]
"""ATen operators, each with the name of the function that it is forbidden by; and perhaps :data:`AUTOGRAD`."""

AUTOGRAD = "torch.autograd"
"""Stands among the operators for any that runs while PyTorch differentiates: back from an output, or, in forward mode,
forth with an input. What is only recorded to be gone back from is let be."""


class ForbiddenOperator(Exception):
    """The submission ran an operator that its exercise forbids."""


class ForbidMode(TorchDispatchMode):
    """While it is on, a forbidden operator raises :class:`ForbiddenOperator` instead of running."""

    def __init__(self, forbidden: Forbidden) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._forbidden = forbidden

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Nothing is compiled here, and keeping the compiler away would import it first: a second, for each worker.
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if AUTOGRAD in self._forbidden and _differentiates():
            name = AUTOGRAD
        if name in self._forbidden:
            raise ForbiddenOperator(f"{self._forbidden[name]} may not be used here: it is what you are asked to write")
        return func(*args, **(kwargs or {}))


def _differentiates() -> bool:
    """Whether what runs now, runs because PyTorch computes a derivative, under whatever name that was asked for."""
    # On the CPU the thread that calls goes back itself; torch.func uses both as well.
    back: bool = torch._C._current_graph_task_id() != -1  # noqa: SLF001 - it is said nowhere else
    forth: bool = forward_ad._current_level != -1  # noqa: SLF001
    return back or forth
