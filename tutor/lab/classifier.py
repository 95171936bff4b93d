"""The process that classifies drawn digits, ``python -m tutor.lab.classifier RUN_FOLDER``;
:class:`tutor.lab.classifying.Classifier` starts it.

It reads images from stdin and says on stdout what the run's networks take each for, a JSON object a line. It ends when
stdin does.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tutor.errors import TutorError
from tutor.lab.events import Failed, Loading
from tutor.lab.mine import told_as_theirs
from tutor.lab.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO


class Drawn(msgspec.Struct, frozen=True):
    """An image that is to be classified.

    Attributes:
        number: comes back with the answer.
        grey_values: 784 of them row by row, 0 for paper to 255 for ink.
    """

    number: int
    grey_values: bytes


class Guess(msgspec.Struct, frozen=True):
    """What one network takes an image for.

    Attributes:
        step: after how many steps of its training; None where that is done.
        probabilities: of each class.
    """

    network: str
    step: int | None
    probabilities: tuple[float, ...]


class Guesses(msgspec.Struct, frozen=True, tag="guesses"):
    """What the networks take an image for that was drawn.

    Attributes:
        number: the image's.
        guesses: of each network that there is by now.
    """

    number: int
    guesses: tuple[Guess, ...]


Answer = Loading | Guesses | Failed


def main(run: Run) -> int:
    """Classify what stdin asks, until it ends.

    Returns:
        The exit status: 0, or 1 where it could not be done.
    """
    # What a learner's layers read or print must not be taken for what is said here.
    asked, told_to = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)

    def say(answer: Answer) -> None:
        told_to.write(msgspec.json.encode(answer) + b"\n")

    try:
        say(Loading("loading PyTorch"))
        _classify(run, asked, say)
    except BrokenPipeError:
        return 1  # nobody listens any more
    except Exception as error:
        traceback.print_exc()
        say(_in_words(error))
        return 1
    return 0


def _classify(run: Run, asked: BinaryIO, say: Callable[[Answer], None]) -> None:
    # Not above: it imports torch, which takes seconds, and the face should know what it waits for.
    import torch

    from tutor.lab.trained import TrainedNetworks, probabilities

    torch.set_num_threads(1)  # the other cores are the training's
    networks = TrainedNetworks(run)
    for line in asked:
        drawn = msgspec.json.decode(line, type=Drawn)
        image = networks.normalised(drawn.grey_values)
        guesses = (Guess(one.name, one.step, probabilities(one, image)) for one in networks.now())
        say(Guesses(drawn.number, tuple(guesses)))


def _in_words(error: Exception) -> Failed:
    if told := error if isinstance(error, TutorError) else told_as_theirs(error):
        return Failed(told.message, told.remedy)
    return Failed(f"The digit cannot be classified: {type(error).__name__}: {' '.join(str(error).split())}", "")


if __name__ == "__main__":
    sys.exit(main(Run(Path(sys.argv[1]))))
