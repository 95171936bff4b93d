"""What a worker may use. Each limit holds where the system has it."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from pathlib import Path

MAX_OPEN_FILES = 64


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        time_s: wall time, and CPU time, for the whole submission.
        memory_mb: memory beyond what the warm process had when the worker was forked.
        processes: processes and threads together.
        file_mb: the largest file that it may write.
        output_kb: how much of what it prints is kept; the rest is read and dropped.
    """

    time_s: float
    memory_mb: int
    processes: int = 64
    file_mb: int = 16
    output_kb: int = 8


def apply(limits: Limits) -> None:
    """Put the calling process under ``limits``; they hold for all that it starts, and cannot be raised again."""
    _set(resource.RLIMIT_CORE, 0)
    # A second between the two, so that the signal that names the cause arrives first.
    _set(resource.RLIMIT_CPU, int(limits.time_s) + 1, int(limits.time_s) + 2)
    _set(resource.RLIMIT_FSIZE, limits.file_mb << 20)
    _set(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    if sys.platform == "linux":
        _set(resource.RLIMIT_AS, _address_space() + (limits.memory_mb << 20))


def limit_processes(limits: Limits) -> None:
    """Limit processes and threads together. They are counted over all of a user's, so that this is for a process in a
    user namespace of its own; root is never limited.
    """
    _set(resource.RLIMIT_NPROC, limits.processes)


def _set(what: int, soft: int, hard: int | None = None) -> None:
    hard = soft if hard is None else hard
    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(what, (soft, hard))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
