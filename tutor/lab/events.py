"""What a training says of itself: one JSON object a line, appended to the run's ``events.jsonl``.

The same file serves the live panel, a plain terminal, attaching later, and replay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

Outcome = Literal["finished", "stopped"]


class Loading(msgspec.Struct, frozen=True, tag="loading"):
    """The training is not there yet: it imports, downloads or reads. A process that takes one up again begins so too.

    Attributes:
        what: what it is doing, in a few words.
    """

    what: str


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The training has its data and its device and begins.

    Attributes:
        experiment: e.g. ``bn``.
        networks: the networks that are trained, in this order, one after the other.
        parameters: each network's number of parameters.
        device: ``cuda``, ``mps`` or ``cpu``.
        device_name: the device in words, e.g. the GPU's name or the number of CPU threads.
        dataset: ``MNIST`` or, where the digits are drawn by a generator, ``synthetic``.
        steps: optimizer steps for each network.
        seed: seeds initialisation and the order of the batches, the same for every network.
        mine: the exercises whose layers are the learner's own.
        gpu: the GPU's UUID, by which NVIDIA's tools name it; empty where it is none of NVIDIA's.
    """

    experiment: str
    networks: tuple[str, ...]
    parameters: dict[str, int]
    device: str
    device_name: str
    dataset: str
    train_size: int
    test_size: int
    batch_size: int
    epochs: int
    steps: int
    seed: int
    mine: tuple[str, ...] = ()
    gpu: str = ""


class Steps(msgspec.Struct, frozen=True, tag="steps"):
    """Some optimizer steps of one network, one after the other.

    Attributes:
        first: the number of the first of them; the network's first step is 1.
        losses: the training loss of each, on its batch.
        samples_per_s: training samples a second over these steps, without the time for testing.
        seconds_left: expected time until the whole experiment ends, tests included.
        learning_rate: of the last of them.
    """

    network: str
    first: int
    losses: tuple[float, ...]
    samples_per_s: float
    seconds_left: float
    learning_rate: float | None = None


class Tested(msgspec.Struct, frozen=True, tag="tested"):
    """One network on the whole test set.

    Attributes:
        step: after how many steps.
        loss: mean cross-entropy.
        accuracy: per cent of the test set classified right.
    """

    network: str
    step: int
    loss: float
    accuracy: float


class Layer(msgspec.Struct, frozen=True):
    """What a batch does in a layer that has weights. A figure that is not there, or no finite number, is None.

    Attributes:
        name: in the network, e.g. ``blocks1.0.conv1``.
        kind: its class.
        mean: of all its outputs.
        deviation: their standard deviation.
        zeros: share of zeros, 0 to 1, that the ReLU leaves which comes next, before another such layer.
        gradient: root mean square of the loss's gradient with respect to its weight.
        update: by how much the newest step has changed the weight: root mean square of the one over that of the other.
    """

    name: str
    kind: str
    mean: float | None = None
    deviation: float | None = None
    zeros: float | None = None
    gradient: float | None = None
    update: float | None = None


class LayerStatistics(msgspec.Struct, frozen=True, tag="layer-statistics"):
    """What a batch of the training set does in a network, in train mode: always the same batch.

    Attributes:
        step: after how many steps; 0 before the first.
        samples: how many there are in the batch.
        layers: in the order in which they compute.
    """

    network: str
    step: int
    samples: int
    layers: tuple[Layer, ...]


class Digit(msgspec.Struct, frozen=True):
    """An image of the test set, and what the network makes of it.

    Attributes:
        index: its place in the test set, from 0.
        label: what it shows.
        predicted: what the network takes it for.
        probability: which the network gives to the label.
        pixels: 28 × 28, row by row, 0 for black to 255 for white; in the file as base64.
    """

    index: int
    label: int
    predicted: int
    probability: float
    pixels: bytes


class Classified(msgspec.Struct, frozen=True, tag="classified"):
    """What a network takes the images of the whole test set for.

    Attributes:
        step: after how many steps.
        counts: the confusion matrix; row: what they show, column: what they are taken for.
        worst: those with the highest loss, the highest first.
    """

    network: str
    step: int
    counts: tuple[tuple[int, ...], ...]
    worst: tuple[Digit, ...]


class Reached(msgspec.Struct, frozen=True, tag="reached"):
    """A network's test accuracy has reached the target: its training ends early.

    Attributes:
        step: after how many steps.
    """

    network: str
    step: int


class RateChanged(msgspec.Struct, frozen=True, tag="rate-changed"):
    """The learning rate was changed while the training runs, as it was asked to; it holds for all that is to come.

    Attributes:
        learning_rate: the new one; where a schedule changes it, its highest.
    """

    learning_rate: float


class OutOfMemory(msgspec.Struct, frozen=True, tag="out-of-memory"):
    """A batch did not fit into the memory: from now on it goes through the network in parts.

    Attributes:
        at_once: how many samples a part has; the gradients of a batch's parts are added up.
        batch_size: how many a step takes, as before.
    """

    network: str
    at_once: int
    batch_size: int


class Restored(msgspec.Struct, frozen=True, tag="restored"):
    """A process has taken the training up where an earlier one left it: what was told of later steps is void.

    Attributes:
        network: the network in training then; those before it are done, those after it not begun.
        step: after how many of its steps.
        tested_after: after how many of its steps it was last tested; 0 if it was not.
        seconds: how long the training had taken until then.
        damaged: newer checkpoints that could not be used.
    """

    network: str
    step: int
    tested_after: int
    seconds: float
    damaged: tuple[str, ...] = ()


class Paused(msgspec.Struct, frozen=True, tag="paused"):
    """The training waits, because it was asked to."""


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    """The training goes on after a pause."""


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The training has ended.

    Attributes:
        outcome: ``finished``, or ``stopped`` because it was asked to.
        seconds: from the start to the end of its process, pauses included.
    """

    outcome: Outcome
    seconds: float


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The training could not go on: what was wrong, and what to do about it."""

    message: str
    remedy: str


Event = (
    Loading
    | Started
    | Restored
    | Steps
    | Tested
    | LayerStatistics
    | Classified
    | Reached
    | RateChanged
    | OutOfMemory
    | Paused
    | Resumed
    | Ended
    | Failed
)


def encode(event: Event) -> bytes:
    """One line of the file, newline included."""
    return msgspec.json.encode(event) + b"\n"


def decode(line: bytes) -> Event:
    """Inverse of :func:`encode`.

    Raises:
        msgspec.DecodeError: the line is no event.
    """
    event: Event = msgspec.json.decode(line, type=Event)
    return event


def take_up(events_file: Path) -> None:
    """Make a record ready to be gone on with, and say in it that it is.

    What can be read from the beginning is kept: the line at which a process was killed may be torn, and what the
    machine lost power at may be anything.
    """
    whole = 0
    with events_file.open("rb+") as file:
        for line in file.read().splitlines(keepends=True):
            try:
                decode(line)
            except msgspec.DecodeError:
                break
            if line.endswith(b"\n"):
                whole += len(line)
        file.seek(whole)
        file.truncate()
        file.write(encode(Loading("taking the training up again")))
