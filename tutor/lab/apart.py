"""Training a part of a comparison in a process of its own, wherever this is called: here, or by a scheduler's worker.

A process of its own, because a worker may be asked for several at once in its threads, and PyTorch's random numbers are
the whole process's. Imports no torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING

import msgspec

from tutor.lab.comparison import Cell, Message, Setting
from tutor.lab.events import Failed

if TYPE_CHECKING:
    from collections.abc import Callable

WORTH = (Setting, Cell, Failed)
"""What is sent back; how far a training is arrives too late to be told."""


def train_apart(
    work: bytes, threads: int | None = 1, started: Callable[[subprocess.Popen[bytes]], None] = lambda _: None
) -> list[bytes]:
    """Train some cells, and come back when they are trained.

    Args:
        work: a :class:`tutor.lab.comparison.Work`, as JSON, which every worker can read.
        threads: on how many CPU threads; None: as many as whoever calls would.
        started: given the process as soon as it is there.

    Returns:
        What it said: :class:`Setting`, each :class:`Cell`, or :class:`Failed`, as JSON.
    """
    environment = dict(os.environ)
    if threads is not None:
        environment["OMP_NUM_THREADS"] = str(threads)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tutor.lab.comparer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
        try:
            started(process)
            out, _ = process.communicate(work)
        finally:
            process.kill()
            process.wait()
        said = [line for line in out.splitlines(keepends=True) if line.endswith(b"\n")]
        told = [line for line, message in zip(said, messages_of(said), strict=True) if isinstance(message, WORTH)]
        if process.returncode < 0 or not told:
            errors.seek(0)
            last = (errors.read().decode("utf-8", "replace").strip().splitlines() or ["nothing"])[-1]
            ended = "A training process ended without a word: it was killed, or crashed, or the memory ran out."
            told.append(msgspec.json.encode(Failed(ended, f"The last that it wrote: {last}")))
        return told


def messages_of(said: list[bytes]) -> list[Message]:
    """The messages that came back."""
    return [msgspec.json.decode(line, type=Message) for line in said]


class Trainers:
    """Trainings on this machine, which can be ended.

    Args:
        threads: on how many CPU threads each of them computes.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._is_over = False

    def train(self, work: bytes) -> list[bytes]:
        """See :func:`train_apart`."""
        return train_apart(work, self._threads, self._keep)

    def end(self) -> None:
        """End those that run, and whatever is begun from now on."""
        with self._lock:
            self._is_over = True
            for process in self._running:
                process.kill()

    def _keep(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._running.add(process)
            if self._is_over:
                process.kill()
