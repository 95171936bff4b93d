"""What was seen in a run's networks, a sentence for each layer, each kind of mistake, each image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.draw.confusion import accuracy, mistakes
from tutor.draw.inspected import NOTHING_YET
from tutor.draw.worst_digits import per_cent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.draw.inspected import Inspected
    from tutor.lab.events import Layer


def layer_lines(networks: Sequence[Inspected]) -> Iterator[str]:
    """The same as :class:`tutor.draw.layer_table.LayerTable`."""
    networks = [network for network in networks if network.layers]
    if not networks:
        yield NOTHING_YET
    for network in networks:
        first, last = network.layers[0], network.layers[-1]
        began = {layer.name: layer.deviation for layer in first.layers if first is not last}
        yield f"{network.title} after step {last.step}, on {last.samples} images of the training set:"
        for layer in last.layers:
            yield f"{layer.name}, {layer.kind}: {', '.join(_figures(layer, began.get(layer.name)))}."


def _figures(layer: Layer, began: float | None) -> Iterator[str]:
    yield f"mean {_number(layer.mean)}"
    yield f"standard deviation {_number(layer.deviation)}"
    if began is not None:
        yield f"at first {_number(began)}"
    if layer.zeros is not None:
        yield f"the ReLU behind it leaves {layer.zeros:.0%} as zeros"
    if layer.gradient is not None:
        yield f"gradient of its weight {_number(layer.gradient)}"
    if layer.update is not None:
        yield f"a step changes its weight by {_number(layer.update)} of it"


def _number(value: float | None) -> str:
    # Speech passes over the hyphen, and not over the minus sign.
    return "not finite" if value is None else f"{value:.2g}".replace("-", "−")


def confusion_lines(networks: Sequence[Inspected]) -> Iterator[str]:
    """The same as :class:`tutor.draw.confusion.ConfusionMatrices`, the most frequent mistakes first."""
    if not any(network.classified for network in networks):
        yield NOTHING_YET
    for network in networks:
        if seen := network.classified:
            right, images = accuracy(seen)
            yield f"{network.title} after step {seen.step}: {right:,} of {images:,} images right."
            for label, taken_for, count in mistakes(seen):
                yield f"{network.classes[label]} taken for {network.classes[taken_for]}: {count}."


def worst_lines(networks: Sequence[Inspected]) -> Iterator[str]:
    """The same as :class:`tutor.draw.worst_digits.WorstDigits`, without the drawings."""
    if not any(network.classified for network in networks):
        yield NOTHING_YET
    for network in networks:
        if seen := network.classified:
            yield f"{network.title} after step {seen.step}, the worst first:"
            for digit in seen.worst:
                shows, taken_for = network.classes[digit.label], network.classes[digit.predicted]
                says = f"taken for {taken_for}" if digit.label != digit.predicted else "and taken for that"
                yield f"Image {digit.index} shows {shows}, {says}; to {shows} goes a probability of {per_cent(digit)}."
