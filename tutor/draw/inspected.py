"""What was seen in a run's networks, as pictures of them take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.lab.datasets import DATASETS
from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from tutor.lab.events import Classified, LayerStatistics
    from tutor.lab.run_state import RunState

NOTHING_YET = "Nothing to be seen yet: layers are measured when a training begins, images after its first tests."


@dataclass(frozen=True)
class Inspected:
    """One network.

    Attributes:
        title: what it is called.
        layers: what was measured in its layers, oldest first.
        classified: what it took the test set's images for, the newest, or None.
        classes: what the labels 0 to 9 mean.
    """

    title: str
    layers: tuple[LayerStatistics, ...]
    classified: Classified | None
    classes: tuple[str, ...]


def inspected(state: RunState) -> tuple[Inspected, ...]:
    """The networks of a run of which something is known, in the order in which they are trained."""
    titles = {dataset.title: dataset for dataset in DATASETS.values()}
    dataset = titles.get(state.started.dataset if state.started else "", DATASETS["mnist"])
    return tuple(
        Inspected(
            title_of(network),
            tuple(curves.layers),
            curves.classified[-1] if curves.classified else None,
            dataset.classes,
        )
        for network, curves in state.curves.items()
        if curves.layers or curves.classified
    )


def heading(title: str, says: str, width: int) -> str:
    """A title and what belongs to it, in so many columns; of the title the end is cut off."""
    room = width - len(says)
    return (title if len(title) <= room else f"{title[: room - 1]}…") + says
