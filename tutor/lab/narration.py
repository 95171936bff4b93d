"""Runs an experiment and tells it as events, between whose steps it heeds the face's wishes.

Runs in the training process alone.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import torch

from tutor.errors import TutorError
from tutor.lab import training
from tutor.lab.data import load
from tutor.lab.events import Loading, Started, Steps, Tested
from tutor.lab.experiments import NETWORK_TITLES
from tutor.lab.networks import build
from tutor.lab.training import Evaluation, Step
from tutor.lab.wishes import heed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tutor.lab.events import Event
    from tutor.lab.runs import Plan, Run

# Faces draw ten times a second at most; more lines would be read for nothing.
GATHER_S = 0.05


def tell_experiment(plan: Plan, run: Run, say: Callable[[Event], None]) -> None:
    """Train an experiment's networks one after the other, each from the plan's seed.

    Raises:
        Stopped: it was asked to stop.
        TutorError: it cannot be done, or cannot go on.
    """

    def between_steps() -> None:
        heed(run, say)

    def loading(what: str) -> None:
        between_steps()
        say(Loading(what))

    training.leave_a_core_free()
    device = training.choose_device(plan.device)
    data = load(plan.data, device, loading)
    loading("warming up")
    # What PyTorch loads only when the first step is taken (seconds) is no part of the first network's time.
    next(training.train(build("bn").to(device), data, epochs=1, batch_size=plan.recipe.batch_size, seed=0))
    networks = {}
    for name in plan.trained:
        torch.manual_seed(plan.seed)
        networks[name] = build(name).to(device)

    steps_per_epoch = len(training.batches(data.train.labels, plan.recipe.batch_size))
    rest = Rest(
        steps=len(networks) * steps_per_epoch * plan.recipe.epochs,
        tests=len(networks) * len(training.evaluation_steps(steps_per_epoch, plan.recipe.epochs)),
        # A test goes forward alone, which is about a third of a step's work.
        steps_per_test=len(data.test) / plan.recipe.batch_size / 3,
    )
    say(
        Started(
            experiment=plan.experiment,
            networks=tuple(networks),
            parameters={name: sum(p.numel() for p in network.parameters()) for name, network in networks.items()},
            device=device.type,
            device_name=training.name_of(device),
            dataset=data.name,
            train_size=len(data.train),
            test_size=len(data.test),
            batch_size=plan.recipe.batch_size,
            epochs=plan.recipe.epochs,
            steps=steps_per_epoch * plan.recipe.epochs,
            seed=plan.seed,
        )
    )
    between_steps()
    for name, network in networks.items():
        happening = training.train(network, data, plan.recipe.epochs, plan.recipe.batch_size, plan.seed)
        tell(name, happening, rest, say, between_steps)


def tell(
    network: str,
    happening: Iterator[Step | Evaluation],
    rest: Rest,
    say: Callable[[Event], None],
    between_steps: Callable[[], None],
) -> None:
    """Run one network's training and tell it.

    Args:
        network: its name.
        happening: the training; it goes on only as it is iterated.
        rest: what is left of the whole experiment; kept up to date.
        between_steps: called after each event; it may wait, and may raise to end the training.

    Raises:
        TutorError: a loss is no finite number any more.
    """
    told = 0
    for stretch in stretches(happening):
        losses = list(takewhile(math.isfinite, stretch.losses))
        rest.steps_took(stretch.seconds, len(stretch.losses))
        if stretch.evaluation:
            rest.test_took(stretch.evaluation_seconds)
        if losses:
            rate = stretch.samples / stretch.seconds
            say(Steps(network, told + 1, tuple(losses), samples_per_s=rate, seconds_left=rest.seconds))
        told += len(losses)
        if len(losses) < len(stretch.losses):
            raise _diverged(network, f"training loss became {stretch.losses[len(losses)]} at step {told + 1}")
        if stretch.evaluation:
            if not math.isfinite(stretch.evaluation.loss):
                raise _diverged(network, f"test loss became {stretch.evaluation.loss} after step {told}")
            say(Tested(network, told, stretch.evaluation.loss, stretch.evaluation.accuracy))
        between_steps()


@dataclass(frozen=True)
class Stretch:
    """Some steps one after the other, and the evaluation that may follow them.

    Attributes:
        losses: each step's loss.
        samples: in all steps together.
        seconds: what the steps took, waiting between them left out.
        evaluation_seconds: what the evaluation took.
    """

    losses: list[float]
    samples: int
    seconds: float
    evaluation: Evaluation | None = None
    evaluation_seconds: float = 0.0


def stretches(happening: Iterator[Step | Evaluation]) -> Iterator[Stretch]:
    """Gather a training's steps, :data:`GATHER_S` of computing at a time; an evaluation always ends a stretch."""
    steps: list[Step] = []
    seconds = 0.0

    def stretch(evaluation: Evaluation | None = None, evaluation_seconds: float = 0.0) -> Stretch:
        # All losses in one go: each time something is fetched, a GPU's queue runs empty.
        fetching = time.monotonic()
        losses = torch.stack([step.loss for step in steps]).tolist() if steps else []
        took = seconds + time.monotonic() - fetching
        return Stretch(losses, sum(step.samples for step in steps), took, evaluation, evaluation_seconds)

    resumed = time.monotonic()
    for what in happening:
        took = time.monotonic() - resumed
        if isinstance(what, Step):
            steps.append(what)
            seconds += took
        if isinstance(what, Evaluation):
            yield stretch(what, took)
            steps, seconds = [], 0.0
        elif seconds >= GATHER_S:
            yield stretch()
            steps, seconds = [], 0.0
        resumed = time.monotonic()


@dataclass
class Rest:
    """What is left of an experiment, and how long it will take, judged by what the latest steps and tests took.

    Attributes:
        steps: optimizer steps to come, of all networks.
        tests: tests to come, of all networks.
        steps_per_test: how many steps a test takes as long as, before there was one.
    """

    steps: int
    tests: int
    steps_per_test: float
    _recent_s: float = 0.0
    _recent_steps: float = 0.0
    _test_s: float | None = None

    def steps_took(self, seconds: float, steps: int) -> None:
        """So many steps are behind us."""
        self.steps -= steps
        # Sums in which the past fades: calm, but the slow first step and the last network are soon forgotten.
        self._recent_s = 0.9 * self._recent_s + seconds
        self._recent_steps = 0.9 * self._recent_steps + steps

    def test_took(self, seconds: float) -> None:
        """A test is behind us."""
        self.tests -= 1
        self._test_s = seconds

    @property
    def seconds(self) -> float:
        """Expected time until the end; 0 where nothing was measured yet."""
        step_s = self._recent_s / self._recent_steps if self._recent_steps else 0.0
        test_s = self._test_s if self._test_s is not None else self.steps_per_test * step_s
        return self.steps * step_s + self.tests * test_s


def _diverged(network: str, what: str) -> TutorError:
    return TutorError(
        f"{NETWORK_TITLES.get(network, network)}: the {what}; no training goes on from there.",
        "Exploding gradients or a division by zero do this. Try another --seed, or --device cpu.",
    )
