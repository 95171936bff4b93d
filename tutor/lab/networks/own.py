"""The learner's own layers, from the copies in a run's folder. Runs in the training process alone."""

from __future__ import annotations

import linecache
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from torch import nn

from tutor.errors import UsageError
from tutor.files import read_text
from tutor.lab.mine import FOLDER, own_in
from tutor.lab.networks.layers import Layers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from tutor.lab.networks.layers import MakesLayer


def layers_from(run_folder: Path) -> Layers:
    """The layers for a run: the learner's own where there is a copy of them, PyTorch's elsewhere.

    Raises:
        UsageError: a copy does not define what it should.
        Exception: whatever a copy raises while it is run; :func:`tutor.lab.mine.told_as_theirs` knows it.
    """
    made: dict[str, MakesLayer] = {}
    for own in own_in(run_folder):
        copy = run_folder / FOLDER / own.filename
        theirs = _run(own.filename, read_text(copy)).get(own.symbol)
        if not callable(theirs):
            raise UsageError(f"{copy}: defines no {own.symbol}", f"It is a copy of your {own.filename}; train anew.")
        made |= {layer: FITTED[layer](theirs) if layer in FITTED else theirs for layer in own.layers}
    return Layers(**made)


def has_own_layers(network: nn.Module) -> bool:
    """Whether a network has layers of a learner's.

    They were judged in float32 and float64, step by step, on input that lies in memory as usual. Of the known right
    answers some fail with channels_last (``x.view(len(x), -1)``) and some in bfloat16, and a CUDA graph would go on
    reading the running statistics that a batch norm has replaced.
    """
    return any(type(layer).__module__.startswith((f"{FOLDER}.", __name__)) for layer in network.modules())


def _run(filename: str, source: str) -> dict[str, Any]:
    """Run a learner's text as a module, whose file is called in tracebacks as they know it."""
    # No modification time: the text is all there is, and not to be looked for on the disk.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = ModuleType(f"{FOLDER}.{filename.removesuffix('.py')}")
    module.__file__ = filename
    # As after an import: dataclasses look up there what a class's annotations mean.
    sys.modules[module.__name__] = module
    exec(compile(source, filename, "exec"), module.__dict__)
    return module.__dict__


def convolution(conv2d: Callable[..., Tensor]) -> MakesLayer:
    """PyTorch's layer, its weights, their names and their first values, computed by the learner's function."""

    class Conv2d(nn.Conv2d):
        def forward(self, x: Tensor) -> Tensor:
            """(N, C_in, H, W) → (N, C_out, H', W')."""
            return conv2d(x, self.weight, self.bias, self.stride, self.padding)

    return Conv2d


def max_pooling(max_pool2d: Callable[..., Tensor]) -> MakesLayer:
    """PyTorch's layer, computed by the learner's function."""

    class MaxPool2d(nn.MaxPool2d):
        def forward(self, x: Tensor) -> Tensor:
            """(N, C, H, W) → (N, C, H', W')."""
            return max_pool2d(x, self.kernel_size, self.stride, self.padding)

    return MaxPool2d


def for_vectors(batch_norm2d: MakesLayer) -> MakesLayer:
    """A learner's batch norm for images, for (N, C): each vector is taken for an image of one pixel.

    By hooks, so that the layer and the names in its state stay the learner's own.
    """

    def make(num_features: int) -> nn.Module:
        layer = batch_norm2d(num_features)
        layer.register_forward_pre_hook(_to_images)
        layer.register_forward_hook(_to_vectors)
        return layer

    return make


def _to_images(_layer: nn.Module, inputs: tuple[Tensor]) -> Tensor:
    return inputs[0][:, :, None, None]  # (N, C) → (N, C, 1, 1)


def _to_vectors(_layer: nn.Module, _inputs: tuple[Tensor], output: Tensor) -> Tensor:
    return output.flatten(1)  # (N, C, 1, 1) → (N, C)


# How what a learner has written becomes a layer; what is a module already stays as it is.
FITTED: dict[str, Callable[[Callable[..., Any]], MakesLayer]] = {
    "conv2d": convolution,
    "max_pool2d": max_pooling,
    "batch_norm1d": for_vectors,
}
