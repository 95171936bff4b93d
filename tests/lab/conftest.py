from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import torch
from rich.console import Console

from tutor.lab.events import Loading, Restored, Steps
from tutor.lab.follow import follow
from tutor.lab.launching import resume_run, start_run
from tutor.lab.plan import Plan
from tutor.lab.run_state import EventReader, RunState
from tutor.lab.runs import Run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tutor.lab.events import Event

DEADLINE_S = 300


class Training:
    """A training that a test has started, and what it has said until now."""

    def __init__(self, run: Run, process: subprocess.Popen[bytes]) -> None:
        self.run = run
        self.process = process
        self.state = RunState()
        self.events: list[Event] = []
        self._reader = EventReader(run)

    def until_it_steps(self) -> RunState:
        """Wait until the process that runs now has taken steps."""

        def steps(_: RunState) -> bool:
            latest = next((event for event in reversed(self.events) if isinstance(event, Loading | Steps)), None)
            return isinstance(latest, Steps)

        return self.until(steps)

    @property
    def restored(self) -> list[Restored]:
        """How often it was taken up, and where."""
        return [event for event in self.events if isinstance(event, Restored)]

    def until(self, wanted: Callable[[RunState], bool]) -> RunState:
        """Wait until what the training has said is as wanted."""
        deadline = time.monotonic() + DEADLINE_S
        while not wanted(self.state):
            assert time.monotonic() < deadline, f"waited in vain; the training said {self.events[-3:]}"
            if self.state.ended:
                pytest.fail(f"the training ended too early: {self.events[-1]}; {self.run.log_file.read_text()}")
            time.sleep(0.01)
            self.events += self._reader.catch_up(self.state)
        return self.state

    def until_it_ends(self) -> RunState:
        """Wait for the last event, and for the process."""
        self.until(lambda state: state.ended)
        self.process.wait(DEADLINE_S)
        return self.state


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """On a busy machine several threads wait for each other most of the time."""
    torch.set_num_threads(1)


@dataclass(frozen=True)
class Finished:
    """A training that was followed line by line to its end, and what was printed."""

    run: Run
    process: subprocess.Popen[bytes]
    printed: str


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One whole training on synthetic digits, for all tests that only read what it has said."""
    run, process = start_run(tmp_path_factory.mktemp("lab") / "runs", Plan("bn", data="synthetic", seed=1))
    plain = Console(file=io.StringIO(), force_terminal=False, width=80)
    try:
        follow(run, process, plain)
    finally:
        process.kill()
        process.wait(DEADLINE_S)
    assert isinstance(plain.file, io.StringIO)
    return Finished(run, process, plain.file.getvalue())


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Plan | Run], Training]]:
    """Starts trainings, or takes up one that there is; those that still run when the test ends are killed."""
    trainings: list[Training] = []

    def start_one(what: Plan | Run) -> Training:
        begun = (what, resume_run(what)) if isinstance(what, Run) else start_run(tmp_path / "runs", what)
        trainings.append(Training(*begun))
        return trainings[-1]

    yield start_one
    for training in trainings:
        training.process.kill()
        training.process.wait(DEADLINE_S)
