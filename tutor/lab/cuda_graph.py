"""A training step as a CUDA graph: launching its many small kernels one by one takes longer than computing them.

Written after https://pytorch.org/docs/stable/notes/cuda.html#whole-network-capture, and not yet tried on a GPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

# Until then libraries choose algorithms and allocate workspaces, which a graph cannot hold.
STEPS_BEFORE = 11


class GraphedStep:
    """Takes a step as the function does that it is made from: the first ones plainly, the later ones as a graph.

    Args:
        step: from the batch's tensors to its loss; waits for nothing that the GPU computes.
    """

    def __init__(self, step: Callable[..., Tensor]) -> None:
        self._step = step
        self._taken = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._inputs: tuple[Tensor, ...] = ()
        self._loss = torch.empty(())

    def __call__(self, *batch: Tensor) -> Tensor:
        """Take one step."""
        if self._taken < STEPS_BEFORE:
            self._taken += 1
            return self._aside(batch)
        if self._graph is None:
            self._inputs = tuple(tensor.clone() for tensor in batch)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self._loss = self._step(*self._inputs)
            self._graph = graph  # recorded, not computed: that comes now
        if any(here.shape != there.shape for here, there in zip(batch, self._inputs, strict=True)):
            return self._step(*batch)  # the epoch's last batch, which is smaller
        for here, there in zip(batch, self._inputs, strict=True):
            there.copy_(here)
        self._graph.replay()
        return self._loss.clone()  # the next replay writes over it

    def _aside(self, batch: tuple[Tensor, ...]) -> Tensor:
        """On a stream of its own, as what comes before a capture must be."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            loss = self._step(*batch)
        torch.cuda.current_stream().wait_stream(side)
        return loss
