"""The namespaces layer: a network without a single device, and shared memory of its own that goes with the process."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from tutor.engine.sandbox import kernel
from tutor.engine.sandbox.process import show_memory

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def enter() -> bool:
    """Move the calling process, which must have one thread only, into namespaces of its own.

    Returns:
        Whether it is in a user namespace of its own as well, in which its processes are counted alone.

    Raises:
        OSError: the kernel refuses.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        kernel.call("unshare", CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC)
    except OSError as error:
        if user != 0:
            raise
        # Root may do without a user namespace, where those are switched off.
        with contextlib.suppress(OSError):
            kernel.call("unshare", CLONE_NEWNET | CLONE_NEWIPC)
            return False
        raise error from None
    _keep_identity(user, group)
    return True


def why_off(error: OSError) -> str:
    """Why the kernel refuses, in words."""
    match error.errno:
        case errno.EPERM | errno.EACCES:
            return "this system lets an ordinary user make no namespaces"
        case errno.ENOSPC | errno.EUSERS:
            return "this system's settings allow no more namespaces"
        case errno.EINVAL | errno.ENOSYS:
            return "this kernel was built without namespaces"
    return f"namespaces cannot be made: {error.strerror or error}"


def _keep_identity(user: int, group: int) -> None:
    """Be the same user and group inside as outside. Without it files work all the same, under odd numbers."""
    with contextlib.suppress(OSError):
        show_memory()
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
