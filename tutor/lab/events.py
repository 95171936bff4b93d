"""What a training says of itself: one JSON object a line, appended to the run's ``events.jsonl``.

The same file serves the live panel, a plain terminal, attaching later, and replay.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["finished", "stopped"]


class Loading(msgspec.Struct, frozen=True, tag="loading"):
    """The training is not there yet: it imports, downloads or reads.

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


class Steps(msgspec.Struct, frozen=True, tag="steps"):
    """Some optimizer steps of one network, one after the other.

    Attributes:
        first: the number of the first of them; the network's first step is 1.
        losses: the training loss of each, on its batch.
        samples_per_s: training samples a second over these steps, without the time for testing.
        seconds_left: expected time until the whole experiment ends, tests included.
    """

    network: str
    first: int
    losses: tuple[float, ...]
    samples_per_s: float
    seconds_left: float


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


class Paused(msgspec.Struct, frozen=True, tag="paused"):
    """The training waits, because it was asked to."""


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    """The training goes on after a pause."""


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The training has ended.

    Attributes:
        outcome: ``finished``, or ``stopped`` because it was asked to.
        seconds: from start to end, pauses included.
    """

    outcome: Outcome
    seconds: float


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The training could not go on: what was wrong, and what to do about it."""

    message: str
    remedy: str


Event = Loading | Started | Steps | Tested | Paused | Resumed | Ended | Failed


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
