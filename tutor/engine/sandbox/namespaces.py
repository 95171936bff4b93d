"""The namespaces layer: a network without a single device, and files and shared memory that go with the process.

The private folder becomes a small file system in memory: a submission can fill neither the disk nor the folder's
parent, and however much it has written is gone the moment it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from pathlib import Path

from tutor.engine.sandbox import kernel
from tutor.engine.sandbox.process import show_memory

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
OWN = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18
FOLDER_OPTIONS = "size=64m,nr_inodes=10k,mode=0700"


def enter(folder: Path) -> bool:
    """Move the calling process, which must have one thread only, into namespaces of its own.

    Args:
        folder: a file system in memory is laid over it, for this process and what it starts alone.

    Returns:
        Whether it is in a user namespace of its own as well, in which its processes are counted alone.

    Raises:
        OSError: the kernel refuses.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        kernel.call("unshare", CLONE_NEWUSER | OWN)
    except OSError as error:
        if user != 0:
            raise
        # Root may do without a user namespace, where those are switched off.
        try:
            kernel.call("unshare", OWN)
        except OSError:
            raise error from None
        _lay_over(folder)
        return False
    _keep_identity(user, group)
    _lay_over(folder)
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


def _lay_over(folder: Path) -> None:
    _mount("none", Path("/"), None, MS_REC | MS_PRIVATE, None)
    _mount("cnn-tutor", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, FOLDER_OPTIONS)


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str | None) -> None:
    texts = [text.encode() if text is not None else None for text in (source, str(target), kind, options)]
    kernel.call("mount", *texts[:3], ctypes.c_ulong(flags), texts[3])


def _keep_identity(user: int, group: int) -> None:
    """Be the same user and group inside as outside. Without it files work all the same, under odd numbers."""
    with contextlib.suppress(OSError):
        show_memory()
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
