"""Runs: starting a training, asking it to pause or stop, and reading what it says. Imports no torch.

A run is a folder ``<workspace>/.cnn-tutor/runs/<id>/`` with

    plan.json      what was asked for
    events.jsonl   what the training says, appended by it alone
    wish           what the face wants of it: ``run``, ``pause`` or ``stop``; replaced whole
    log.txt        what the training wrote to stderr
    alive.lock     locked for as long as the training's process lives

The training is a process of its own in a session of its own: a face that closes or hangs neither slows nor stops it.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from tutor.errors import UsageError
from tutor.files import write_atomically
from tutor.lab.events import Ended, Event, Failed, Loading, Outcome, Paused, Resumed, Started, Steps, Tested, decode
from tutor.lab.experiments import EXPERIMENTS
from tutor.lab.recipe import Recipe

if TYPE_CHECKING:
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
    """

    experiment: str = ""
    networks: tuple[str, ...] = ()
    dataset: str = "mnist"
    data: str | None = None
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    device: str | None = None
    recipe: Recipe = Recipe()

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
    def lock_file(self) -> Path:
        """Locked for as long as the training's process lives."""
        return self.folder / "alive.lock"

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


def start_run(runs_folder: Path, plan: Plan) -> tuple[Run, subprocess.Popen[bytes]]:
    """Start a training in a process of its own.

    Returns:
        The run, and its process. The process goes on when its parent ends.

    Raises:
        UsageError: the folder cannot be written to.
    """
    run = Run(runs_folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{plan.title}-{time.time_ns() % 1_000_000:06d}")
    try:
        run.folder.mkdir(parents=True)
        with run.lock_file.open("wb") as lock, run.log_file.open("wb") as log:
            # The process inherits the locked descriptor, so that there is no moment at which the run looks dead;
            # the lock goes when the process has ended, however it did.
            fcntl.flock(lock, fcntl.LOCK_EX)
            run.ask("run")
            run.events_file.touch()
            # Last: a folder with a plan is a run.
            write_atomically(run.plan_file, msgspec.json.encode(plan).decode())
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tutor.lab.trainer", str(run.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
            )
    except OSError as error:
        raise UsageError(f"{run.folder}: cannot be written to: {error.strerror}") from None
    return run, process


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


def latest_run(runs_folder: Path) -> Run | None:
    """The run that was started last, or None where there is none."""
    plans = runs_folder.glob("*/plan.json")
    newest = max(plans, key=lambda plan: plan.stat().st_mtime_ns, default=None)
    return Run(newest.parent) if newest else None


@dataclass
class Curves:
    """What is known of one network's training so far.

    Attributes:
        losses: the training loss of every step; index 0 is step 1.
        tests: the tests on the whole test set, oldest first.
    """

    losses: list[float] = field(default_factory=list)
    tests: list[Tested] = field(default_factory=list)

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
        seconds_left: the newest expectation for the whole experiment.
        paused: whether it waits because it was asked to.
        outcome: how it ended, or None while it runs or where it failed.
        seconds: how long it took, or None while it runs.
        failed: why it could not go on, or None.
    """

    loading: str = ""
    started: Started | None = None
    curves: dict[str, Curves] = field(default_factory=dict)
    network: str = ""
    samples_per_s: float = 0.0
    seconds_left: float | None = None
    paused: bool = False
    outcome: Outcome | None = None
    seconds: float | None = None
    failed: Failed | None = None

    @property
    def ended(self) -> bool:
        """Whether no more events will come."""
        return self.outcome is not None or self.failed is not None

    def add(self, event: Event) -> None:
        """Take in the next event."""
        match event:
            case Loading():
                self.loading = event.what
            case Started():
                self.started = event
                self.curves = {network: Curves() for network in event.networks}
            case Steps():
                self.network = event.network
                self.curves[event.network].losses.extend(event.losses)
                self.samples_per_s = event.samples_per_s
                self.seconds_left = event.seconds_left
            case Tested():
                self.curves[event.network].tests.append(event)
            case Paused():
                self.paused = True
            case Resumed():
                self.paused = False
            case Ended():
                self.outcome, self.seconds, self.paused = event.outcome, event.seconds, False
            case Failed():
                self.failed, self.paused = event, False


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
