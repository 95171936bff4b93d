"""What it costs a training that somebody watches it. Aim: less than 1 % of its CPU time and of its speed.

The faces are ``cnn-tutor runs`` in a terminal and the panel of the app. While one training runs, a face watches it for
some epochs and, held by SIGSTOP, does not for as many, in turn: both times the training takes the same steps and tests,
and what slows the machine slows both. Each stretch that is watched is set against the mean of its two neighbours; the
median is told, with an interval that asks nothing of how they are spread: another machine on the same host makes some
of them worthless. What is measured is the training's process, by the scheduler's count of its time on a CPU, and
by the clock.

Run it with ``OMP_NUM_THREADS=1 python -m benchmarks.panel [PAIRS]``, on Linux, with two cores or more that do nothing
else: a single one is shared by training and face.
"""

from __future__ import annotations

import math
import os
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.in_terminal import in_terminal
from benchmarks.measuring import PROGRAM, apart
from tutor.lab.launching import start_run
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe
from tutor.lab.run_state import EventReader, RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.in_terminal import Terminal
    from tutor.lab.runs import Run
    from tutor.workspace import Workspace


@dataclass(frozen=True)
class Face:
    """What watches.

    Attributes:
        words: its command.
        shows: what is on the screen once it takes keys.
        keys: those that lead to the training.
    """

    words: list[str]
    shows: str
    keys: str = ""


PAIRS = 40
EPOCHS, SETTLING = 2, 1
"""Of a stretch, and those before it that do not count: a face that was held has to catch up first."""
NETWORK = "base"
PLAN = Plan(networks=(NETWORK,), data="synthetic", device="cpu", recipe=Recipe(epochs=1000))
POLL_S = 0.005
FACES = {
    "`cnn-tutor runs latest`": Face([PROGRAM, "runs", "latest"], "loss"),
    "the app's panel": Face([PROGRAM], "Output shape", "t"),
}


def main() -> None:
    """Measure and print."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the training outlives us unless we end it
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {pairs} pairs of {EPOCHS} epochs each\n")
    print("| watched by | more CPU time for the training | more time by the clock | the face's share of a core |")
    print("|---|---:|---:|---:|")
    with apart() as (_, workspace):
        for name, face in FACES.items():
            watched, alone = stretches(workspace, face, pairs)
            cpu, wall = (
                in_words([getattr(stretch, what) for stretch in watched], [getattr(stretch, what) for stretch in alone])
                for what in ("cpu_s", "wall_s")
            )
            share = statistics.median(stretch.face_s / stretch.wall_s for stretch in watched)
            print(f"| {name} | {cpu} | {wall} | {share:.1%} |", flush=True)


def in_words(watched: Sequence[float], alone: Sequence[float]) -> str:
    """By how much more each is than the mean of its neighbours: the median, with its 95 % interval."""
    neighbours = [(before + after) / 2 for before, after in pairwise(alone)]
    more = sorted(100 * (one / beside - 1) for one, beside in zip(watched, neighbours, strict=True))
    below = outside(len(more))
    return f"{statistics.median(more):+.2f} % ({more[below]:+.2f} to {more[-1 - below]:+.2f})"


def outside(count: int) -> int:
    """How many of the least, and of the greatest, of so many values lie outside a 95 % interval of their median.

    Each value is below the median as often as a coin falls heads: so few are, by chance, in 2.5 % of all cases. Source:
    Conover, Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    chance, below = 0.0, 0
    while (chance := chance + math.comb(count, below) / 2**count) <= 0.025:
        below += 1
    return max(0, below - 1)


@dataclass(frozen=True)
class Stretch:
    """What some epochs took.

    Attributes:
        cpu_s: of the training's process.
        wall_s: by the clock.
        face_s: the CPU time of the face's process meanwhile.
    """

    cpu_s: float
    wall_s: float
    face_s: float


def stretches(workspace: Workspace, face: Face, pairs: int) -> tuple[list[Stretch], list[Stretch]]:
    """Stretches of one training that are watched, and those before, between and behind them, which are not."""
    run, process = start_run(workspace.runs, PLAN)
    try:
        with in_terminal(face.words, workspace.root) as terminal:
            terminal.wait_for(face.shows)
            terminal.press(face.keys)
            training = Training(run, process.pid, terminal)
            training.pass_over(SETTLING)
            watched, alone = [], [training.stretch(watched=False)]
            for _ in range(pairs):
                watched.append(training.stretch(watched=True))
                alone.append(training.stretch(watched=False))
            return watched, alone
    finally:
        process.kill()
        process.wait()


class Training:
    """A training that runs, and a face that may watch it."""

    def __init__(self, run: Run, pid: int, terminal: Terminal) -> None:
        self._pid = pid
        self._terminal = terminal
        self._reader = EventReader(run)
        self._state = RunState()
        self._epochs = 0

    def stretch(self, *, watched: bool) -> Stretch:
        """Measure the next epochs."""
        os.kill(self._terminal.pid, signal.SIGCONT if watched else signal.SIGSTOP)
        self.pass_over(SETTLING)
        before = self._now()
        self.pass_over(EPOCHS)
        return Stretch(*(now - then for now, then in zip(self._now(), before, strict=True)))

    def pass_over(self, epochs: int) -> None:
        """Wait until so many more epochs have ended; the last event of each is a test, which is told at once.

        Raises:
            RuntimeError: the training has ended.
        """
        self._epochs += epochs
        while self._epochs_done() < self._epochs:
            if self._state.ended:
                raise RuntimeError(f"the training has ended: {self._state.failed}")
            self._terminal.pass_over(POLL_S)
            self._reader.catch_up(self._state)

    def _epochs_done(self) -> int:
        started, curves = self._state.started, self._state.curves.get(NETWORK)
        if started is None or curves is None or not curves.tests:
            return 0
        return curves.tests[-1].step * started.epochs // started.steps

    def _now(self) -> tuple[float, float, float]:
        return cpu_seconds(self._pid), time.perf_counter(), cpu_seconds(self._terminal.pid)


def cpu_seconds(pid: int) -> float:
    """For how long all threads of a process have been on a CPU.

    Source: https://docs.kernel.org/scheduler/sched-stats.html
    """
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


if __name__ == "__main__":
    main()
