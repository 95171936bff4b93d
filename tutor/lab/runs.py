"""Runs: what lies in the folder of one, and finding the one that is meant. Imports no torch.

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
"""

from __future__ import annotations

import fcntl
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from tutor.errors import UsageError
from tutor.files import write_atomically
from tutor.lab.plan import Plan, read_plan

if TYPE_CHECKING:
    from pathlib import Path

Wish = Literal["run", "pause", "stop"]


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
