"""What a worker may use, and what ties it to its parent. Each limit holds where the system has it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

MAX_FILE_BYTES = 16 << 20
MAX_OPEN_FILES = 64


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        time_s: wall time, and CPU time, for the whole submission.
        memory_mb: memory beyond what the warm process had when the worker was forked.
    """

    time_s: float
    memory_mb: int


def apply(limits: Limits) -> None:
    """Put the calling process under ``limits``; they hold for all that it starts, and cannot be raised again."""
    _set(resource.RLIMIT_CORE, 0)
    # A second between the two, so that the signal that names the cause arrives first.
    _set(resource.RLIMIT_CPU, int(limits.time_s) + 1, int(limits.time_s) + 2)
    _set(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)
    _set(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    if sys.platform == "linux":
        _set(resource.RLIMIT_AS, _address_space() + (limits.memory_mb << 20))


def die_with_parent() -> None:
    """Ask the kernel to kill the calling process when its parent dies (Linux; elsewhere nothing happens)."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Make the calling process the parent of every orphan below it, so that none escapes it (Linux)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    """The calling process's children, adopted ones included (Linux; elsewhere none are known)."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(pid) for pid in listing.read_text().split()]
    except OSError:
        return []


def _set(what: int, soft: int, hard: int | None = None) -> None:
    hard = soft if hard is None else hard
    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(what, (soft, hard))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
