"""The training process from end to end, on synthetic digits."""

from __future__ import annotations

import os
import signal
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tutor.lab import events
from tutor.lab.launching import start_run, stop_run
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe
from tutor.lab.run_state import EventReader, RunState
from tutor.lab.runs import latest_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from tutor.lab.runs import Run

LONG = Plan("bn", data="synthetic", recipe=Recipe(epochs=1000))


def has_stepped(state: RunState) -> bool:
    return bool(state.curves) and bool(state.curves["base"].losses)


def test_it_learns_and_says_so_in_order(finished: Any) -> None:
    state = RunState()
    said = EventReader(finished.run).catch_up(state)
    assert finished.process.returncode == 0
    assert not finished.run.alive()
    assert finished.run.log_file.read_text() == ""

    assert (state.outcome, state.failed, state.paused) == ("finished", None, False)
    assert state.started is not None
    assert state.started.dataset == "synthetic"
    assert state.started.parameters == {"base": 61_706, "bn": 62_158}
    assert (state.started.seed, state.started.steps) == (1, 94)
    assert all(curves.accuracy and curves.accuracy > 90 for curves in state.curves.values())
    assert all(len(curves.losses) == 94 for curves in state.curves.values())
    assert all(curves.tests[-1].step == 94 and len(curves.tests) == 8 for curves in state.curves.values())

    kinds = [type(event) for event in said if isinstance(event, events.Loading | events.Started | events.Ended)]
    assert kinds == [*[events.Loading] * 3, events.Started, events.Ended]
    steps = [event for event in said if isinstance(event, events.Steps)]
    assert [event.network for event in steps] == sorted(event.network for event in steps)
    for one, next_one in pairwise(steps):
        assert next_one.first == (one.first + len(one.losses) if next_one.network == one.network else 1)
    assert all(event.samples_per_s > 0 and event.seconds_left >= 0 for event in steps)


def test_it_pauses_goes_on_and_stops(start: Callable[[Plan], Any]) -> None:
    training = start(LONG)
    assert training.run.alive()
    training.until(has_stepped)
    training.run.ask("pause")
    training.until(lambda state: state.paused)
    said = len(training.state.curves["base"].losses)
    training.run.ask("run")
    training.until(lambda state: not state.paused)
    assert len(training.state.curves["base"].losses) <= said + 50, "it trained on through the pause"
    training.until(lambda state: len(state.curves["base"].losses) > said + 50)
    training.run.ask("pause")
    training.until(lambda state: state.paused)
    training.run.ask("stop")
    state = training.until_it_ends()
    assert (state.outcome, state.paused, state.failed) == ("stopped", False, None)
    assert training.process.returncode == 0
    assert not training.run.alive()


def test_sigterm_stops_it_even_while_it_loads(start: Callable[[Plan], Any]) -> None:
    training = start(LONG)
    training.until(lambda state: state.loading)
    training.process.terminate()
    state = training.until_it_ends()
    assert state.outcome == "stopped"
    assert training.process.returncode == 0


def test_killed_it_is_seen_to_have_died(start: Callable[[Plan], Any]) -> None:
    training = start(LONG)
    training.until(has_stepped)
    training.run.log_file.write_text("something\nlibgomp: out of luck\n\n")
    training.process.kill()
    state = training.until_it_ends()
    assert state.outcome is None
    assert "killed" in state.failed.message
    assert "libgomp: out of luck" in state.failed.message
    assert str(training.run.log_file) in state.failed.remedy
    # Who attaches later sees the same.
    later = RunState()
    EventReader(training.run).catch_up(later)
    assert later.failed == state.failed


def test_one_that_hears_nothing_is_stopped_by_force(start: Callable[[Plan], Any]) -> None:
    training = start(LONG)
    training.until(lambda state: state.loading)
    os.kill(training.process.pid, signal.SIGSTOP)
    stop_run(training.run, training.process, patience_s=0.1)
    assert training.process.returncode == -signal.SIGKILL
    assert not training.run.alive()


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan("bn", data="nowhere"), "nowhere: there is no such folder"),
        (Plan("resnet", data="synthetic"), 'no experiment "resnet"'),
    ],
)
def test_what_cannot_be_done_is_said_in_words(start: Callable[[Plan], Any], plan: Plan, words: str) -> None:
    training = start(plan)
    state = training.until_it_ends()
    assert words in state.failed.message
    assert state.failed.remedy
    assert training.process.returncode == 1


def test_taken_up_in_another_folder_it_finds_the_same_data(
    start: Callable[[Plan | Run], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    first = start(Plan("bn", data="files"))
    missing = first.until_it_ends().failed.message
    assert "no such folder" not in missing
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert start(first.run).until_it_ends().failed.message == missing


@pytest.mark.parametrize(
    "plan", [Plan("bn", recipe=Recipe(epochs=0)), Plan("bn", recipe=Recipe(batch_size=1)), Plan("bn", seed=-1)]
)
def test_a_plan_out_of_bounds_is_refused_before_torch_is_loaded(start: Callable[[Plan], Any], plan: Plan) -> None:
    training = start(plan)
    state = training.until_it_ends()
    assert "plan.json" in state.failed.message
    assert state.loading == ""


def test_what_nobody_expected_is_told_in_words_and_traced_in_the_log(
    start: Callable[[Plan], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "path" / "torch").mkdir(parents=True)
    (tmp_path / "path" / "torch" / "__init__.py").write_text('raise ZeroDivisionError("nobody thought of this")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    training = start(LONG)
    state = training.until_it_ends()
    assert "ZeroDivisionError: nobody thought of this" in state.failed.message
    assert "Traceback" not in state.failed.message
    assert str(training.run.log_file) in state.failed.remedy
    assert "Traceback" in training.run.log_file.read_text()


def test_the_latest_run_is_the_one_that_was_started_last(start: Callable[[Plan], Any], tmp_path: Path) -> None:
    assert latest_run(tmp_path / "runs") is None
    (tmp_path / "runs" / "99999999-half-made").mkdir(parents=True)
    assert latest_run(tmp_path / "runs") is None
    for _ in range(3):
        run = start(Plan("bn", recipe=Recipe(epochs=0))).run
        assert latest_run(tmp_path / "runs") == run


def test_a_run_is_alive_from_the_moment_it_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A process that takes no lock, so that it can only have inherited one.
    (tmp_path / "python").write_text("#!/bin/sh\nexec sleep 600\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    run, process = start_run(tmp_path / "runs", Plan("bn"))
    assert run.alive()
    process.kill()
    process.wait(60)
    assert not run.alive()
