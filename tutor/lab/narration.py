"""Runs what a plan asks for and tells it as events; between steps it heeds the face's wishes and keeps checkpoints.

Runs in the training process alone.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import torch

from tutor.errors import TutorError
from tutor.lab import devices, distributed, events
from tutor.lab.checkpoints import Checkpoint, CheckpointFolder, keep_weights
from tutor.lab.data import load
from tutor.lab.events import Loading, RateChanged, Reached, Restored, Started, Steps, Tested
from tutor.lab.experiments import title_of
from tutor.lab.inspection import Inspection
from tutor.lab.mine import own_in
from tutor.lab.networks import Layers, build
from tutor.lab.networks.own import layers_from
from tutor.lab.recipe import Recipe
from tutor.lab.training import Evaluation, OutOfMemory, Step, Training, evaluation_steps, steps_per_epoch, train
from tutor.lab.wishes import Stopped, heed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

    from tutor.lab.data import Data
    from tutor.lab.events import Event
    from tutor.lab.plan import Plan
    from tutor.lab.runs import Run
    from tutor.lab.training import Happening

# Faces draw ten times a second at most; more lines would be read for nothing.
GATHER_S, GATHER_STEPS = 0.05, 10
# What is lost where the process is killed. A checkpoint of LeNet takes some milliseconds.
CHECKPOINT_EVERY_S = 5.0


def tell_experiment(plan: Plan, run: Run, say: Callable[[Event], None]) -> None:
    """Train a plan's networks one after the other, each from the plan's seed, from where the run's checkpoint stands.

    Raises:
        Stopped: it was asked to stop.
        TutorError: it cannot be done, or cannot go on.
    """
    device = devices.choose_device(plan.device)
    with distributed.together(on_cuda=device.type == "cuda"):
        _tell_experiment(plan, run, device, say)


def _tell_experiment(plan: Plan, run: Run, device: torch.device, say: Callable[[Event], None]) -> None:
    began = time.monotonic()

    def loading(what: str) -> None:
        if distributed.is_first():
            heed(run, say)
        say(Loading(what))

    devices.leave_a_core_free()
    devices.keep_freed_memory()
    devices.settle(plan.recipe.deterministic)
    data = load(plan.data, device, loading, plan.dataset)
    layers = layers_from(run.folder)
    loading("warming up")
    # What PyTorch loads only when the first step is taken (seconds) is no part of the first network's time.
    next(train(build("bn").to(device), data, Recipe(batch_size=plan.recipe.batch_size), seed=0))

    with distributed.first_alone():  # which puts aside what is damaged
        checkpoint, damaged = CheckpointFolder(run.checkpoints_folder).read()
    if checkpoint is None:
        say(started(plan, [own.slug for own in own_in(run.folder)], layers, data, device))
    else:
        at = checkpoint.training
        say(Restored(checkpoint.network, at["step"], at["tested_after"], checkpoint.seconds, damaged))
    to_come = plan.trained[plan.trained.index(checkpoint.network) if checkpoint else 0 :]
    began -= checkpoint.seconds if checkpoint else 0.0

    rest = rest_of(to_come, plan.recipe, data)
    for name in to_come:
        twin = build(name, layers).to(device)  # before the seed: with what is drawn for it nothing else begins
        torch.manual_seed(plan.seed)
        network = build(name, layers).to(device)
        training = Training(network, data, plan.recipe, plan.seed)
        if checkpoint is not None and name == checkpoint.network:
            training.load_state_dict(checkpoint.training)
            rest.skip(training.step, len(training.evaluations) - training.tests_to_come)
        desk = Desk(name, training, run, say, began)
        desk.between_steps()
        inspection = Inspection(name, network, twin, training, data, plan.recipe, say)
        inspection.begin()
        tell(name, training.run(), rest, say, desk.between_steps, inspection.tested, told=training.step)
        if training.step < training.steps:
            say(Reached(name, training.step))
            rest.skip(training.steps - training.step, training.tests_to_come)
        desk.keep(network)


def started(plan: Plan, mine: list[str], layers: Layers, data: Data, device: torch.device) -> Started:
    """What is trained on what."""
    return Started(
        experiment=plan.experiment,
        networks=plan.trained,
        parameters={name: _parameters(build(name, layers)) for name in plan.trained},
        device=device.type,
        device_name=devices.name_of(device),
        dataset=data.name,
        train_size=len(data.train),
        test_size=len(data.test),
        batch_size=plan.recipe.batch_size,
        epochs=plan.recipe.epochs,
        steps=steps_per_epoch(len(data.train), plan.recipe.batch_size) * plan.recipe.epochs,
        seed=plan.seed,
        mine=tuple(mine),
        gpu=_uuid_of(device),
    )


def _uuid_of(device: torch.device) -> str:
    """By which NVIDIA's tools name a GPU: numbers depend on how each of them counts."""
    return f"GPU-{torch.cuda.get_device_properties(device).uuid}" if device.type == "cuda" else ""


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@dataclass
class Desk:
    """What is done beside a network's steps: heeding the face's wishes, and keeping where the training stands.

    Attributes:
        began: when the whole training would have begun if it had never been interrupted, by the monotonic clock.
    """

    network: str
    training: Training
    run: Run
    say: Callable[[Event], None]
    began: float

    def __post_init__(self) -> None:
        self._kept_at = time.monotonic()

    def between_steps(self) -> None:
        """Heed the face's wishes, and keep a checkpoint where it is time.

        Raises:
            Stopped: it was asked to stop; where it stood is kept.
        """
        stop, wished = self._wishes()
        if stop:
            self._keep_checkpoint()
            raise Stopped
        if wished != self.training.learning_rate:
            self.training.learning_rate = wished
            self.say(RateChanged(wished))
        if time.monotonic() - self._kept_at >= CHECKPOINT_EVERY_S:
            self._keep_checkpoint()

    def _wishes(self) -> tuple[bool, float]:
        """Whether it shall stop, and with which learning rate it shall go on; in all processes the same."""
        stop, wished = False, self.training.learning_rate
        if distributed.is_first():
            try:
                heed(self.run, self.say)
            except Stopped:
                stop = True
            wished = self.run.wished_learning_rate() or wished
        stopping, rate = distributed.agreed([stop, wished])
        return bool(stopping), rate

    def keep(self, network: nn.Module) -> None:
        """Keep what a network has become, and that it is done."""
        if distributed.is_first():
            keep_weights(self.run.weights_file(self.network), network)
        self._keep_checkpoint()

    def _keep_checkpoint(self) -> None:
        if not distributed.is_first():
            return
        # What was told until now has to outlive a power failure if the checkpoint does.
        with self.run.events_file.open("rb") as file:
            os.fsync(file.fileno())
        self._kept_at = time.monotonic()
        checkpoint = Checkpoint(self.network, self.training.state_dict(), seconds=self._kept_at - self.began)
        CheckpointFolder(self.run.checkpoints_folder).write(checkpoint)


def tell(
    network: str,
    happening: Iterator[Happening],
    rest: Rest,
    say: Callable[[Event], None],
    between_steps: Callable[[], None],
    look_closer: Callable[[Evaluation], None],
    told: int = 0,
) -> None:
    """Run one network's training and tell it.

    Args:
        network: its name.
        happening: the training; it goes on only as it is iterated.
        rest: what is left of the whole experiment; kept up to date.
        between_steps: called after each stretch; it may wait, and may raise to end the training.
        look_closer: called after each test.
        told: how many of its steps were told before.

    Raises:
        TutorError: a loss is no finite number any more.
    """
    for stretch in stretches(_telling_of_memory(network, happening, say)):
        losses = list(takewhile(math.isfinite, stretch.losses))
        rest.steps_took(stretch.seconds, len(stretch.losses))
        if stretch.evaluation:
            rest.test_took(stretch.evaluation_seconds)
        if losses:
            rate = stretch.samples / stretch.seconds
            say(Steps(network, told + 1, tuple(losses), rate, rest.seconds, stretch.learning_rate))
        told += len(losses)
        if len(losses) < len(stretch.losses):
            raise _diverged(network, f"training loss became {stretch.losses[len(losses)]} at step {told + 1}")
        if stretch.evaluation:
            if not math.isfinite(stretch.evaluation.loss):
                raise _diverged(network, f"test loss became {stretch.evaluation.loss} after step {told}")
            say(Tested(network, told, stretch.evaluation.loss, stretch.evaluation.accuracy))
            look_closer(stretch.evaluation)
        between_steps()


def _telling_of_memory(
    network: str, happening: Iterator[Happening], say: Callable[[Event], None]
) -> Iterator[Step | Evaluation]:
    """Tell that a batch did not fit when it happens, and pass all else on."""
    for what in happening:
        if isinstance(what, OutOfMemory):
            say(events.OutOfMemory(network, what.at_once, what.batch_size))
        else:
            yield what


@dataclass(frozen=True)
class Stretch:
    """Some steps one after the other, and the evaluation that may follow them.

    Attributes:
        losses: each step's loss.
        samples: in all steps together.
        seconds: what the steps took, waiting between them left out.
        learning_rate: of the last step, or None where there is none.
        evaluation_seconds: what the evaluation took.
    """

    losses: list[float]
    samples: int
    seconds: float
    learning_rate: float | None
    evaluation: Evaluation | None = None
    evaluation_seconds: float = 0.0


def stretches(happening: Iterator[Step | Evaluation]) -> Iterator[Stretch]:
    """Gather a training's steps, :data:`GATHER_S` of computing at a time; an evaluation always ends a stretch.

    Of several processes that train together each gathers :data:`GATHER_STEPS` steps at a time.
    """
    steps: list[Step] = []
    seconds = 0.0

    def stretch(evaluation: Evaluation | None = None, evaluation_seconds: float = 0.0) -> Stretch:
        # All losses in one go: each time something is fetched, a GPU's queue runs empty.
        fetching = time.monotonic()
        losses = torch.stack([step.loss for step in steps]).tolist() if steps else []
        took = seconds + time.monotonic() - fetching
        learning_rate = steps[-1].learning_rate if steps else None
        samples = sum(step.samples for step in steps)
        return Stretch(losses, samples, took, learning_rate, evaluation, evaluation_seconds)

    resumed = time.monotonic()
    for what in happening:
        took = time.monotonic() - resumed
        if isinstance(what, Step):
            steps.append(what)
            seconds += took
        if isinstance(what, Evaluation):
            yield stretch(what, took)
            steps, seconds = [], 0.0
        # Several processes do between stretches what they do together, so that theirs have to be the same.
        elif len(steps) >= GATHER_STEPS if distributed.processes() > 1 else seconds >= GATHER_S:
            yield stretch()
            steps, seconds = [], 0.0
        resumed = time.monotonic()


def rest_of(networks: tuple[str, ...], recipe: Recipe, data: Data) -> Rest:
    """What is to be done for so many networks."""
    per_epoch = steps_per_epoch(len(data.train), recipe.batch_size)
    return Rest(
        steps=len(networks) * per_epoch * recipe.epochs,
        tests=len(networks) * len(evaluation_steps(per_epoch, recipe.epochs)),
        # A test goes forward alone, which is about a third of a step's work.
        steps_per_test=len(data.test) / recipe.batch_size / 3,
    )


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

    def skip(self, steps: int, tests: int) -> None:
        """So many steps and tests will not be taken."""
        self.steps -= steps
        self.tests -= tests

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
        f"{title_of(network)}: the {what}; no training goes on from there.",
        "Exploding gradients or a division by zero do this. Try a smaller --lr, or another --seed.",
    )
