"""Runs: starting a training or taking one up again, asking things of it, reading what it says. Imports no torch.

A run is a folder ``<workspace>/.cnn-tutor/runs/<id>/`` with

    plan.json       what was asked for
    events.jsonl    what the training says; only appended to
    wish            what the face wants of it: ``run``, ``pause`` or ``stop``; replaced whole
    learning-rate   the learning rate that the face wants, if it wants another one; replaced whole
    mine/           the learner's own layers, as they were when they passed
    checkpoints/    where it stands, from which it can be taken up again
    weights/        each trained network's ``state_dict``
    log.txt         what the training wrote to stderr
    alive.lock      locked for as long as the training's process lives

The training is a process of its own in a session of its own: a face that closes or hangs neither slows nor stops it.
"""

from __future__ import annotations

import fcntl
import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from tutor.errors import UsageError
from tutor.files import write_atomically
from tutor.lab.events import (
    Classified,
    Ended,
    Event,
    Failed,
    LayerStatistics,
    Loading,
    Outcome,
    Paused,
    Restored,
    Resumed,
    Started,
    Steps,
    Tested,
    decode,
    encode,
)
from tutor.lab.experiments import EXPERIMENTS
from tutor.lab.mine import lay_down
from tutor.lab.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Wish = Literal["run", "pause", "stop"]


class Plan(msgspec.Struct, frozen=True):
    """What a training is asked for.

    Attributes:
        experiment: a name of :data:`tutor.lab.experiments.EXPERIMENTS`, or empty where networks are named.
        networks: names in :mod:`tutor.lab.networks`; none: those of the experiment.
        dataset: ``mnist``, ``fashion-mnist`` or ``kmnist``.
        data: a folder with the data set's idx files, ``"synthetic"``, or None for a download.
        seed: seeds initialisation, the order of the batches, and dropout; the same for every network.
        device: ``cuda``, ``mps``, ``cpu``, or None for the best there is.
        recipe: how each network is trained.
        processes: how many train a network together, each on its share of every batch and on a GPU of its own.
    """

    experiment: str = ""
    networks: tuple[str, ...] = ()
    dataset: str = "mnist"
    data: str | None = None
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    device: str | None = None
    recipe: Recipe = Recipe()
    processes: Annotated[int, msgspec.Meta(ge=1)] = 1

    @property
    def trained(self) -> tuple[str, ...]:
        """The networks that are trained, in this order, one after the other.

        Raises:
            UsageError: there is no such experiment.
        """
        if self.networks:
            return self.networks
        if self.experiment not in EXPERIMENTS:
            raise UsageError(f'There is no experiment "{self.experiment}".', f"The lab has: {', '.join(EXPERIMENTS)}.")
        return EXPERIMENTS[self.experiment].networks

    @property
    def title(self) -> str:
        """What it is about, in one word: the experiment, or the networks."""
        return self.experiment or "+".join(self.networks)


def read_plan(text: bytes) -> Plan:
    """The plan that a plan.json holds, today's or that of a run from before there were recipes.

    Raises:
        msgspec.DecodeError: it holds none.
    """
    fields: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
    recipe = {name: fields.pop(name) for name in ("epochs", "batch_size") if name in fields}
    return msgspec.convert({"recipe": recipe, **fields}, Plan)


@dataclass(frozen=True)
class Run:
    """A training's folder."""

    folder: Path

    @property
    def id(self) -> str:
        """The run's name."""
        return self.folder.name

    @property
    def events_file(self) -> Path:
        """What the training says."""
        return self.folder / "events.jsonl"

    @property
    def log_file(self) -> Path:
        """What the training wrote to stderr."""
        return self.folder / "log.txt"

    @property
    def plan_file(self) -> Path:
        """What was asked for."""
        return self.folder / "plan.json"

    @property
    def checkpoints_folder(self) -> Path:
        """Where the training stands, of :mod:`tutor.lab.checkpoints`."""
        return self.folder / "checkpoints"

    @property
    def lock_file(self) -> Path:
        """Locked for as long as the training's process lives."""
        return self.folder / "alive.lock"

    def weights_file(self, network: str) -> Path:
        """A trained network's ``state_dict``; there once it is trained."""
        return self.folder / "weights" / f"{network}.pt"

    def plan(self) -> Plan:
        """What was asked for.

        Raises:
            UsageError: it cannot be carried out.
        """
        try:
            plan = read_plan(self.plan_file.read_bytes())
        except msgspec.DecodeError as error:
            raise UsageError(f"{self.plan_file}: {error}") from None
        _ = plan.trained
        if plan.recipe.batch_size < 2 * plan.processes:
            raise UsageError(
                f"A batch of {plan.recipe.batch_size} is too small for {plan.processes} processes.",
                f"Each takes two samples of it at least: --batch-size {2 * plan.processes} or more.",
            )
        return plan

    def alive(self) -> bool:
        """Whether the training's process lives, whoever has started it."""
        try:
            with self.lock_file.open("rb") as lock:
                # Shared, so that two faces that look at once do not take each other for the training.
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def ask(self, wish: Wish) -> None:
        """Ask the training to go on, to pause, or to stop; it looks between two steps."""
        write_atomically(self.folder / "wish", wish)

    def wish(self) -> Wish:
        """What the training was last asked for."""
        text = (self.folder / "wish").read_text(encoding="utf-8")
        wish: Wish = msgspec.convert(text, Wish)
        return wish

    def ask_learning_rate(self, learning_rate: float) -> None:
        """Ask the training to go on with another learning rate; where a schedule changes it, its highest.

        Raises:
            UsageError: it is none.
        """
        if not 0 < learning_rate < math.inf:
            raise UsageError(f"a learning rate is a number above 0, and {learning_rate} is none")
        write_atomically(self.folder / "learning-rate", repr(learning_rate))

    def wished_learning_rate(self) -> float | None:
        """The learning rate that the training was last asked for, or None where it was asked for none."""
        try:
            return float((self.folder / "learning-rate").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None


def start_run(
    runs_folder: Path, plan: Plan, own_texts: Mapping[str, str] = MappingProxyType({})
) -> tuple[Run, subprocess.Popen[bytes]]:
    """Start a training in a process of its own.

    Args:
        own_texts: the learner's own layers; see :func:`tutor.lab.mine.prepare`.

    Returns:
        The run, and its process. The process goes on when its parent ends.

    Raises:
        UsageError: the folder cannot be written to.
    """
    run = Run(runs_folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{plan.title}-{time.time_ns() % 1_000_000:06d}")
    try:
        run.folder.mkdir(parents=True)
        run.events_file.touch()
        lay_down(run.folder, own_texts)
        # Last: a folder with a plan is a run.
        write_atomically(run.plan_file, msgspec.json.encode(plan).decode())
    except OSError as error:
        raise _cannot_be_written(run, error) from None
    return run, _launch(run, plan.processes)


def resume_run(run: Run) -> subprocess.Popen[bytes]:
    """Take a training up again that was stopped, has failed, or was killed, from its newest checkpoint.

    Returns:
        Its new process.

    Raises:
        UsageError: it runs, or is finished, or its folder cannot be written to.
    """
    if not run.alive() and _is_finished(run):
        raise UsageError(
            f"{run.id} is finished: there is nothing to go on with.", f"To see it: cnn-tutor runs {run.id}"
        )
    process = _launch(run, run.plan().processes, go_on=True)
    run.plan_file.touch()  # the latest run is the one that was begun or taken up last
    return process


def _is_finished(run: Run) -> bool:
    try:
        return state_of(run).outcome == "finished"
    except msgspec.DecodeError:
        return False  # torn by a power failure, say: what can be read of it is gone on with


def _launch(run: Run, processes: int, *, go_on: bool = False) -> subprocess.Popen[bytes]:
    try:
        with run.lock_file.open("ab") as lock, run.log_file.open("ab") as log:
            # The process inherits the locked descriptor, so that there is no moment at which the run looks dead;
            # the lock goes when the process has ended, however it did.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            run.ask("run")
            if go_on:
                # Here, while nobody else can write: whoever looks from now on sees that it has not ended.
                take_up(run.events_file)
            return subprocess.Popen(
                [sys.executable, "-P", *_several(processes), "-m", "tutor.lab.trainer", str(run.folder)],
                env={**os.environ, "PYTHONSAFEPATH": "1"},  # -P, for torchrun's processes too
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
            )
    except BlockingIOError:
        raise UsageError(f"{run.id} is running.", f"To follow it: cnn-tutor runs {run.id}") from None
    except OSError as error:
        raise _cannot_be_written(run, error) from None


def _several(processes: int) -> list[str]:
    """What starts so many processes that train together: torchrun, by the name of its module."""
    if processes == 1:
        return []
    return ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]


def _cannot_be_written(run: Run, error: OSError) -> UsageError:
    return UsageError(f"{run.folder}: cannot be written to: {error.strerror}")


def stop_run(run: Run, process: subprocess.Popen[bytes], patience_s: float = 3.0) -> None:
    """Stop a training and wait for its process to end: ask it, then send SIGTERM, then SIGKILL.

    Args:
        patience_s: how long each of the first two may take.
    """
    run.ask("stop")
    for escalate in (process.terminate, process.kill):
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            escalate()
    process.wait()


def all_runs(runs_folder: Path) -> list[Run]:
    """All runs, the one that was started or taken up last first."""
    plans = sorted(runs_folder.glob("*/plan.json"), key=lambda plan: plan.stat().st_mtime_ns, reverse=True)
    return [Run(plan.parent) for plan in plans]


def latest_run(runs_folder: Path) -> Run | None:
    """The run that was started or taken up last, or None where there is none."""
    return next(iter(all_runs(runs_folder)), None)


def find_run(runs_folder: Path, name: str) -> Run:
    """The run that a person means.

    Args:
        name: its name or a part of it that no other has, or ``latest``.

    Raises:
        UsageError: there is none, or there are several.
    """
    runs = all_runs(runs_folder)
    if not runs:
        raise UsageError("there is no training yet", "To begin one: cnn-tutor train bn")
    if name == "latest":
        return runs[0]
    found = [run for run in runs if name == run.id] or [run for run in runs if name in run.id]
    if len(found) == 1:
        return found[0]
    which = ", ".join(run.id for run in (found or runs)[:5])
    if found:
        raise UsageError(f"'{name}' is a part of several runs' names", f"Name one of them: {which}")
    raise UsageError(f"there is no run '{name}'", f"The newest are: {which}")


def state_of(run: Run) -> RunState:
    """All that a run has said until now."""
    state = RunState()
    EventReader(run).catch_up(state)
    return state


@dataclass
class Curves:
    """What is known of one network's training so far.

    Attributes:
        losses: the training loss of every step; index 0 is step 1.
        tests: the tests on the whole test set, oldest first.
        layers: what was measured in its layers, oldest first.
        classified: what it took the test set's images for, oldest first.
    """

    losses: list[float] = field(default_factory=list)
    tests: list[Tested] = field(default_factory=list)
    layers: list[LayerStatistics] = field(default_factory=list)
    classified: list[Classified] = field(default_factory=list)

    def go_back(self, step: int, tested_after: int) -> None:
        """Forget what came after a step, and after a test."""
        del self.losses[step:]
        self.tests = [test for test in self.tests if test.step <= tested_after]
        self.layers = [looked for looked in self.layers if looked.step <= tested_after]
        self.classified = [looked for looked in self.classified if looked.step <= tested_after]

    @property
    def accuracy(self) -> float | None:
        """The newest test accuracy in per cent, or None before the first test."""
        return self.tests[-1].accuracy if self.tests else None


@dataclass
class RunState:
    """All that a run's events say, folded together as they arrive.

    Attributes:
        loading: what it does before it starts, in words.
        started: what is trained on what, or None while it still loads.
        curves: what is known of each network, by name.
        network: the network in training, or empty.
        samples_per_s: the newest rate.
        learning_rate: the newest, or None before the first step.
        seconds_left: the newest expectation for the whole experiment.
        paused: whether it waits because it was asked to.
        outcome: how it ended, or None while it runs or where it failed.
        seconds_before: how long it took until its last process took it up again.
        seconds: how long it took in all, or None while it runs.
        failed: why it could not go on, or None.
    """

    loading: str = ""
    started: Started | None = None
    curves: dict[str, Curves] = field(default_factory=dict)
    network: str = ""
    samples_per_s: float = 0.0
    learning_rate: float | None = None
    seconds_left: float | None = None
    paused: bool = False
    outcome: Outcome | None = None
    seconds_before: float = 0.0
    seconds: float | None = None
    failed: Failed | None = None

    @property
    def ended(self) -> bool:
        """Whether no more events will come."""
        return self.outcome is not None or self.failed is not None

    @property
    def gpu(self) -> str:
        """The UUID of the GPU that it is trained on; empty where it is none of NVIDIA's, or it has ended."""
        return self.started.gpu if self.started and not self.ended else ""

    def add(self, event: Event) -> None:
        """Take in the next event."""
        match event:
            case Loading():
                self.loading = event.what
                self.outcome, self.seconds, self.failed, self.paused = None, None, None, False
            case Started():
                self.started, self.seconds_before = event, 0.0
                self.curves = {network: Curves() for network in event.networks}
            case Restored():
                self._go_back(event)
            case Steps():
                self.network = event.network
                self.curves[event.network].losses.extend(event.losses)
                self.samples_per_s = event.samples_per_s
                self.learning_rate = event.learning_rate
                self.seconds_left = event.seconds_left
            case Tested():
                self.curves[event.network].tests.append(event)
            case LayerStatistics():
                # Before the first step it may have been told already, by a process that was killed then.
                layers = self.curves[event.network].layers
                layers[:] = [*(looked for looked in layers if looked.step < event.step), event]
            case Classified():
                self.curves[event.network].classified.append(event)
            case Paused():
                self.paused = True
            case Resumed():
                self.paused = False
            case Ended():
                self.outcome, self.paused = event.outcome, False
                self.seconds = self.seconds_before + event.seconds
            case Failed():
                self.failed, self.paused = event, False

    def _go_back(self, event: Restored) -> None:
        self.network, self.seconds_before = event.network, event.seconds
        begun = True
        for network, curves in self.curves.items():
            if network == event.network:
                curves.go_back(event.step, event.tested_after)
                begun = False
            elif not begun:
                curves.go_back(0, 0)


class EventReader:
    """Reads a run's events as they are appended; a line that is only half written is left for the next time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._offset = 0

    def read(self) -> list[Event]:
        """The events since the last call, oldest first."""
        with self._run.events_file.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [decode(line) for line in whole.splitlines()]

    def catch_up(self, state: RunState) -> list[Event]:
        """Let ``state`` take in the events since the last call.

        Where the process has ended without a word, e.g. because it was killed, the state has failed and says so: a
        run that is not alive has always ended.

        Returns:
            What the state has taken in, oldest first.
        """
        # Asked before the events are read: what the training says last must not be taken for silence.
        alive = self._run.alive()
        events = self.read()
        for event in events:
            state.add(event)
        if not alive and not state.ended:
            events.append(_died(self._run))
            state.add(events[-1])
        return events


def _died(run: Run) -> Failed:
    lines = run.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    message = "The training's process ended without a word: it was killed, or crashed, or the memory ran out."
    return Failed(
        f"{message} The last that it wrote: {last}" if last else message, f"All that it wrote: {run.log_file}"
    )


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
