"""What a batch does in each layer of a network. Runs in the training process alone."""

from __future__ import annotations

import math
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from tutor.lab.events import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import nn

RELUS = (F.relu, F.relu_, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_)


def layer_statistics(
    network: nn.Module, images: Tensor, labels: Tensor, updates: Mapping[str, Tensor]
) -> tuple[Layer, ...]:
    """Send a batch forward and backward through a network, and measure each layer that has a weight itself.

    Args:
        network: (N, 1, 28, 28) to (N, 10) logits, in train mode: batch norm's running statistics change, and dropout
            draws random numbers. The gradients of the weights, ``.grad``, stay as they are.
        images: (N, 1, 28, 28).
        labels: (N,).
        updates: see :func:`update_ratios`.

    Returns:
        In the order in which they compute; one that computes several times, as it did the first time. A layer that is
        not called, as where a learner's network computes with its weights itself, is not there.
    """
    weights = {name: weight for name, layer in network.named_modules() if (weight := own_weight(layer))}
    watch = Watch()
    with ExitStack() as watched:
        for name in weights:
            hook = network.get_submodule(name).register_forward_hook(partial(watch.came_out, name))
            watched.callback(hook.remove)
        watched.enter_context(watch)
        loss = F.cross_entropy(network(images), labels)
    computed = {name: _path(name, weights[name]) for name in watch.figures}
    if not computed:
        return ()
    gradients = torch.autograd.grad(loss, list(map(network.get_parameter, computed.values())), allow_unused=True)
    for figures, weight, gradient in zip(watch.figures.values(), computed.values(), gradients, strict=True):
        if gradient is not None:
            figures["gradient"] = rms(gradient)
        if weight in updates:
            figures["update"] = updates[weight]
    fetched = _fetched(watch.figures)
    return tuple(Layer(name, type(network.get_submodule(name)).__name__, **fetched[name]) for name in computed)


def own_weight(layer: nn.Module) -> str:
    """The name of the weight that a layer has itself, not one in it; of a learner's, of the parameter that comes first.

    Empty where there is none to be trained.
    """
    own = [name for name, parameter in layer.named_parameters(recurse=False) if parameter.requires_grad]
    return "weight" if "weight" in own else next(iter(own), "")


def _path(*names: str) -> str:
    return ".".join(filter(None, names))


class Watch(TorchFunctionMode):
    """Measures what comes out of layers and, while it is entered, what the ReLU that comes next leaves of it.

    Networks call ``torch.relu`` as well as ``nn.ReLU``: hooks alone would not see it.

    Attributes:
        figures: by layer, in the order in which they compute; scalars, still on the device.
    """

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, dict[str, Tensor]] = {}
        self._before_relu = ""

    def came_out(self, name: str, _layer: nn.Module, _inputs: object, output: object) -> None:
        """A layer's forward hook."""
        self._before_relu = ""
        if isinstance(output, Tensor) and name not in self.figures:
            self._before_relu = name
            output = output.detach()
            mean = output.mean()
            self.figures[name] = {"mean": mean, "deviation": rms(output - mean)}  # a tenth of torch.std's time

    def __torch_function__(
        self, function: Callable[..., Any], types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if function in RELUS and self._before_relu:
            self.figures[self._before_relu]["zeros"] = (result.detach() == 0).float().mean()
            self._before_relu = ""
        return result


def update_ratios(network: nn.Module, optimizer: dict[str, Any]) -> dict[str, Tensor]:
    """By how much the newest step of Adam has changed each parameter: RMS of the change over RMS of the parameter.

    What weight decay has taken away is left out. Some 1e-3 is usual.

    Args:
        optimizer: its ``state_dict``.

    Returns:
        By the parameter's name, a scalar; nothing before the first step.

    Source: Kingma and Ba, *Adam* (2015), algorithm 1; https://cs231n.github.io/neural-networks-3/#ratio
    """
    (group,) = optimizer["param_groups"]
    ratios = {}
    for place, (name, parameter) in zip(group["params"], network.named_parameters(), strict=True):
        if place in optimizer["state"]:
            state = optimizer["state"][place]
            mean, square = (
                state[moment] / (1 - beta ** state["step"])
                for moment, beta in zip(("exp_avg", "exp_avg_sq"), group["betas"], strict=True)
            )
            ratios[name] = group["lr"] * rms(mean / (square.sqrt() + group["eps"])) / rms(parameter.detach())
    return ratios


def rms(values: Tensor) -> Tensor:
    """Root mean square of all values, a scalar."""
    return values.square().mean().sqrt()


def _fetched(figures: Mapping[str, Mapping[str, Tensor]]) -> dict[str, dict[str, float | None]]:
    """The same as numbers, of four digits: what is read in a table, or drawn.

    All in one go: each time something is fetched, a GPU's queue runs empty.
    """
    places = [(layer, figure) for layer, measured in figures.items() for figure in measured]
    values = torch.stack([figures[layer][figure].float() for layer, figure in places]).tolist()
    fetched: dict[str, dict[str, float | None]] = {layer: {} for layer in figures}
    for (layer, figure), value in zip(places, values, strict=True):
        fetched[layer][figure] = float(f"{value:.4g}") if math.isfinite(value) else None
    return fetched
