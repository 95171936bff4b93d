"""A comparison on several cores, and on a scheduler's workers: as good as one after the other, whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tutor.workspace import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.spread.conftest import Cluster
    from tutor.course import Course

COMPARE = ("compare", "bn", "--data", "synthetic", "--seeds", "2")
CELLS = 4


@pytest.fixture
def folder(tmp_path: Path, small_course: Course) -> Path:
    return make_workspace(tmp_path / "course", small_course, "ada")[0].root


def begun(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tutor", *COMPARE, "--format", "json", *options],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if text in line:
            return
    pytest.fail(f"no '{text}' in:\n{told}")


def measured(folder: Path) -> dict[tuple[str, int], float]:
    """What is kept of each training; each is kept once."""
    (kept,) = (folder / ".cnn-tutor" / "comparisons").glob("*.jsonl")
    records: list[dict[str, Any]] = [json.loads(line) for line in kept.read_text().splitlines()]
    cells = [record for record in records if record["type"] == "cell"]
    found = {(cell["network"], cell["seed"]): float(cell["test_loss"]) for cell in cells}
    assert len(found) == len(cells)
    return found


def test_whatever_is_killed_the_same_comes_out_and_nothing_is_trained_twice(folder: Path, cluster: Cluster) -> None:
    # On two cores of this machine, ended after the first.
    here = begun(folder, "--jobs", "2")
    wait_for(here, f"1 of {CELLS}: ")
    here.send_signal(signal.SIGINT)
    _, told = here.communicate(timeout=120)
    assert here.returncode == 130
    assert "trainings are kept: the same command goes on from there." in told
    first = measured(folder)
    assert 0 < len(first) < CELLS

    # With a scheduler, which is killed; of the two workers it had, one was killed before.
    cluster.add_workers(2)
    spread = begun(folder, "--scheduler", cluster.address)
    wait_for(spread, f" of {CELLS}: ")
    cluster.workers[0].kill()
    cluster.scheduler.kill()
    _, told = spread.communicate(timeout=300)
    if spread.returncode:  # else all was done before it could notice
        assert f"The scheduler at {cluster.address} is gone" in told
        assert "the same command goes on from there" in told
    second = measured(folder)
    assert first.items() <= second.items()

    # And to the end, one after the other.
    last = begun(folder)
    out, told = last.communicate(timeout=300)
    assert last.returncode == 0, told
    assert json.loads(out)
    assert len(measured(folder)) == CELLS
    assert second.items() <= measured(folder).items()


def test_a_worker_that_is_killed_loses_nothing(
    tmp_path: Path, small_course: Course, folder: Path, cluster: Cluster
) -> None:
    cluster.add_workers(2)
    spread = begun(folder, "--scheduler", cluster.address)
    wait_for(spread, f"1 of {CELLS}: ")
    cluster.workers[0].kill()
    _, told = spread.communicate(timeout=300)
    assert spread.returncode == 0, told
    # To the last bit what one machine comes to by itself.
    alone = make_workspace(tmp_path / "alone", small_course, "ada")[0].root
    one = begun(alone)
    one.communicate(timeout=300)
    assert measured(folder) == measured(alone)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--insecure",), "--insecure goes with --scheduler"),
        (("--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"), "--jobs is for this machine"),
        (("--scheduler", "tcp://192.0.2.1:8786"), "is plain tcp to another machine"),
        (("--scheduler", "nowhere"), "is no scheduler's address"),
    ],
)
def test_what_does_not_go_together_is_said(folder: Path, options: tuple[str, ...], says: str) -> None:
    process = begun(folder, *options)
    out, told = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert says in told
