"""Calling the kernel through the C library, with errors as exceptions."""

from __future__ import annotations

import ctypes
import os
from functools import cache

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library that says -1 where it fails.

    Raises:
        OSError: it failed, or there is no such function.
    """
    try:
        function = getattr(_library(), name)
    except AttributeError:
        raise OSError(f"the C library has no {name}") from None
    result = int(function(*arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, value: int | ctypes.c_void_p, second: int | ctypes.c_void_p = 0) -> None:
    """Set an attribute of the calling process.

    Raises:
        OSError: the kernel refuses.
    """
    arguments = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in (value, second, 0, 0)]
    call("prctl", option, *arguments)


def system_call(number: int, *arguments: object) -> int:
    """Make a system call that the C library has no function for.

    Raises:
        OSError: it failed.
    """
    return call("syscall", ctypes.c_long(number), *arguments)
