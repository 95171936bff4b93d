"""A training that is stopped, killed or damaged, and taken up again."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from tutor.errors import UsageError
from tutor.lab import events
from tutor.lab.launching import resume_run
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe
from tutor.lab.run_state import EventReader, RunState, state_of
from tutor.lab.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

KILLS = 20
PLAN = Plan(
    networks=("bn", "dropout"),
    data="synthetic",
    seed=3,
    device="cpu",
    recipe=Recipe(epochs=2, batch_size=64, schedule="one-cycle", shift=1),
)
STEPS = 96

# Imports torch once and forks for each process that is to be killed. What is told and what is kept comes step by step,
# so that a kill may hit anything.
KILLING = """
import os, random, signal, sys, time
from pathlib import Path
import torch
from tutor.lab import narration, trainer
from tutor.lab.data import Data, Split
from tutor.lab.events import take_up
from tutor.lab.run_state import EventReader, RunState
from tutor.lab.runs import Run

narration.GATHER_S = 0.0
narration.CHECKPOINT_EVERY_S = 0.03
# What a first step of an optimizer has to import (seconds) is imported before the first fork.
weight = torch.nn.Parameter(torch.zeros(1))
weight.grad = torch.zeros(1)
torch.optim.AdamW([weight], fused=True).step()
digits = narration.load("synthetic")
digits = Data("synthetic", *(Split(part.images[:count], part.labels[:count])
                             for part, count in ((digits.train, 1500), (digits.test, 200))))
narration.load = lambda *_, **__: digits
run, kills, steps = Run(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
reader, state = EventReader(run), RunState()
at = sorted(random.Random(0).sample(range(1, steps), kills))

def begin(again=True):
    if again:
        take_up(run.events_file)
    if child := os.fork():
        return child
    os._exit(trainer.main(run))

def told():
    reader.catch_up(state)
    return sum(len(curves.losses) for curves in state.curves.values())

def is_over(child):
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

for number, step in enumerate(at):
    child = begin(again=number > 0)
    while told() < step and not is_over(child):
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    print("killed" if os.WIFSIGNALED(status) else "ended", flush=True)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(begin(kills > 0), 0)[1]))
"""


def trained(folder: Path, kills: int) -> tuple[Run, RunState, list[str]]:
    """A training whose process was killed so many times."""
    run = Run(folder)
    folder.mkdir()
    run.events_file.touch()
    run.log_file.touch()
    run.plan_file.write_bytes(msgspec.json.encode(PLAN))
    run.ask("run")
    done = subprocess.run(
        [sys.executable, "-c", KILLING, str(folder), str(kills), str(STEPS)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return run, state_of(run), done.stdout.split()


def test_killed_again_and_again_it_ends_as_one_that_never_was(tmp_path: Path) -> None:
    run, killed, ends = trained(tmp_path / "killed", KILLS)
    never_run, never, _ = trained(tmp_path / "never", 0)
    assert ends == ["killed"] * KILLS
    assert killed.outcome == never.outcome == "finished"
    for network in PLAN.networks:
        assert len(never.curves[network].losses) == STEPS / 2
        assert killed.curves[network] == never.curves[network]
        weights, expected = (torch.load(each.weights_file(network), weights_only=True) for each in (run, never_run))
        assert list(weights) == list(expected)
        assert all(torch.equal(weights[name], expected[name]) for name in expected)
    assert killed.seconds is not None
    taken_up = [event for event in EventReader(run).read() if isinstance(event, events.Restored)]
    assert len(taken_up) >= KILLS / 2, "most kills must come when there is a checkpoint already"
    assert {event.network for event in taken_up} == set(PLAN.networks)
    assert not any(event.damaged for event in taken_up)


LONG = Plan("bn", data="synthetic", recipe=Recipe(epochs=1000))


def test_stopped_it_is_taken_up_where_it_was_with_the_learning_rate_that_it_had(start: Callable[..., Any]) -> None:
    training = start(LONG)
    training.until_it_steps()
    assert training.state.learning_rate == LONG.recipe.learning_rate
    with pytest.raises(UsageError, match="is running"):
        resume_run(training.run)
    training.run.ask_learning_rate(0.0005)
    training.until(lambda state: state.learning_rate == 0.0005)
    training.run.ask("stop")
    stopped = training.until_it_ends()
    losses = list(stopped.curves["base"].losses)

    again = start(training.run)
    state = again.until_it_steps()
    assert len(state.curves["base"].losses) > len(losses)
    assert state.curves["base"].losses[: len(losses)] == losses, "what was told is not told again"
    assert state.learning_rate == 0.0005
    assert again.events.count(events.RateChanged(0.0005)) == 1
    (restored,) = again.restored
    assert (restored.network, restored.step, restored.damaged) == ("base", len(losses), ())
    again.run.ask("stop")
    ended = again.until_it_ends()
    assert ended.outcome == "stopped"
    assert ended.seconds > restored.seconds > 0


def test_from_a_damaged_checkpoint_it_falls_back_and_without_one_it_begins_anew(start: Callable[..., Any]) -> None:
    training = start(LONG)
    training.until_it_steps()
    training.run.ask("stop")
    training.until_it_ends()
    folder = training.run.checkpoints_folder
    whole = max(folder.glob("*.pt"))
    damaged = folder / f"999999-{whole.stem.partition('-')[2]}.pt"
    damaged.write_bytes(whole.read_bytes()[:-1])
    with training.run.events_file.open("ab") as file:
        file.write(b'\0\0\0\n{"type":"steps","network":"ba')

    again = start(training.run)
    again.until_it_steps()
    assert [restored.damaged for restored in again.restored] == [(damaged.name,)]
    again.run.ask("stop")
    again.until_it_ends()

    for path in folder.glob("*.pt"):
        path.write_bytes(b"")
    anew = start(training.run)
    state = anew.until_it_steps()
    assert sum(isinstance(event, events.Started) for event in anew.events) == 2
    assert state.seconds_before == 0
    assert state.curves["base"].losses[:1] == training.state.curves["base"].losses[:1]


def test_one_that_is_finished_is_not_taken_up(finished: Any) -> None:
    with pytest.raises(UsageError, match="is finished"):
        resume_run(finished.run)


def test_it_ends_once_the_target_is_reached(start: Callable[..., Any]) -> None:
    training = start(Plan(networks=("base",), data="synthetic", recipe=Recipe(epochs=30, target=50.0)))
    state = training.until_it_ends()
    assert (state.outcome, state.failed) == ("finished", None)
    curves = state.curves["base"]
    assert curves.accuracy >= 50
    assert len(curves.losses) < state.started.steps
    assert events.Reached("base", len(curves.losses)) in training.events


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_learning_rate_is_refused(tmp_path: Path, rate: float) -> None:
    with pytest.raises(UsageError, match="learning rate"):
        Run(tmp_path).ask_learning_rate(rate)
    assert Run(tmp_path).wished_learning_rate() is None
