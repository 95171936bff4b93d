"""The process layer: it ends with its parent, gains no rights, and no other process reads its memory."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import signal
import struct
from pathlib import Path

from tutor.engine.sandbox import kernel

CAPABILITY_VERSION_3 = 0x20080522


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill the calling process when its parent dies.

    Args:
        parent: its parent's pid; a process whose parent is gone already ends here.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def adopt_orphans() -> None:
    """Make the calling process the parent of every orphan below it, so that none escapes it.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    """The calling process's children, adopted ones included (Linux; elsewhere none are known)."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(pid) for pid in listing.read_text().split()]
    except OSError:
        return []


def hide_memory() -> None:
    """Keep other processes of the same user from the calling process's memory: no ptrace, no ``/proc/PID/mem``.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def show_memory() -> None:
    """Undo :func:`hide_memory`: only so can a process without rights write to its own files in ``/proc``.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def refuse_new_rights() -> None:
    """Let no program that is started from here gain rights by set-user-id or file capabilities.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every capability for good: what root may do beyond its own files, and what a user namespace grants.

    Raises:
        OSError: the kernel refuses.
    """
    # The bounding set can only be emptied by who may; a process that may not has nothing in it to fear.
    with contextlib.suppress(OSError):
        for capability in itertools.count():
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
    with contextlib.suppress(OSError):
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("Ii", CAPABILITY_VERSION_3, 0))
    kernel.call("capset", header, ctypes.create_string_buffer(24))
