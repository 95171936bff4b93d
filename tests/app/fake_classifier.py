"""A classifier without networks, and so without torch."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import numpy as np

from tutor.lab.classifier import Answer, Guess, Guesses
from tutor.lab.events import Loading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.lab.runs import Run


class FakeClassifier:
    """Takes what is tall and narrow for a 1, and all else for a 0.

    Attributes:
        of: the networks that it answers for, each with the step that it stands at.
        asked: the images that it was given.
        said: what it says; None ends it.
    """

    def __init__(self, **of: int | None) -> None:
        self.of = of
        self.asked: list[bytes] = []
        self.said: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self.is_closed = False
        self.holds_back = False

    def __call__(self, run: Run) -> FakeClassifier:
        """In the place of the class."""
        self.run = run
        self.said.put(Loading("loading PyTorch"))
        return self

    def ask(self, number: int, grey_values: bytes) -> None:
        """See :meth:`tutor.lab.classifying.Classifier.ask`."""
        self.asked.append(grey_values)
        rows, columns = np.nonzero(np.frombuffer(grey_values, dtype=np.uint8).reshape(28, 28))
        is_one = len(rows) > 0 and np.ptp(rows) > 2 * np.ptp(columns)
        guesses = tuple(
            Guess(network, step, _sure_of(1 if is_one else 0, 0.9 - 0.3 * place))
            for place, (network, step) in enumerate(self.of.items())
        )
        if not self.holds_back:
            self.said.put(Guesses(number, guesses))

    def answers(self) -> Iterator[Answer]:
        """See :meth:`tutor.lab.classifying.Classifier.answers`."""
        while (answer := self.said.get()) is not None:
            yield answer

    def close(self) -> None:
        """See :meth:`tutor.lab.classifying.Classifier.close`."""
        self.is_closed = True
        self.said.put(None)


def _sure_of(label: int, share: float) -> tuple[float, ...]:
    return tuple(share if place == label else (1 - share) / 9 for place in range(10))
