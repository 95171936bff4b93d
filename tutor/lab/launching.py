"""Starting a training, taking one up again, ending one. Imports no torch.

The training is a process of its own in a session of its own: a face that closes or hangs neither slows nor stops it.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from tutor.errors import UsageError
from tutor.files import write_atomically
from tutor.lab.datasets import from_any_folder
from tutor.lab.events import take_up
from tutor.lab.mine import lay_down
from tutor.lab.run_state import state_of
from tutor.lab.runs import Run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tutor.lab.plan import Plan


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
        write_atomically(run.plan_file, msgspec.json.encode(replace(plan, data=from_any_folder(plan.data))).decode())
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
