"""The Landlock layer: files that may be read, one folder that may be written to, and nothing else.

Landlock is the kernel's own (5.13 and later) and needs no rights. From its fourth version it refuses TCP, from its
sixth signals and abstract sockets to whoever is outside.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from typing import TYPE_CHECKING

from tutor.engine.sandbox import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_CHAR = 1 << 6
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_SOCK = 1 << 9
MAKE_FIFO = 1 << 10
MAKE_BLOCK = 1 << 11
MAKE_SYM = 1 << 12
REFER = 1 << 13
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15

READ = READ_FILE | READ_DIR
WRITE = WRITE_FILE | TRUNCATE
CHANGE = WRITE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM | REFER
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
SCOPE_ABSTRACT_SOCKET, SCOPE_SIGNAL = 1 << 0, 1 << 1


def version() -> int:
    """The version of Landlock that this kernel has.

    Raises:
        OSError: it has none, or it is switched off.
    """
    return kernel.system_call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(CREATE_RULESET_VERSION))


class Rules:
    """What may be read and written; looked up once, and used for ruleset after ruleset.

    Args:
        readable: files, and folders with all that is in them; what does not exist is left out.
        writable: files such as devices that may be written to as well.

    Raises:
        OSError: this kernel has no Landlock.
    """

    def __init__(self, readable: Iterable[Path], writable: Iterable[Path] = ()) -> None:
        self._version = version()
        self._handled = _handled(self._version)
        asked = [(path, READ) for path in readable] + [(path, READ | WRITE) for path in writable]
        self._rules = [rule for path, access in asked if (rule := self._rule(path, access))]

    def ruleset(self) -> int:
        """A descriptor of a new ruleset with these rules.

        Raises:
            OSError: the kernel refuses.
        """
        network = BIND_TCP | CONNECT_TCP if self._version >= 4 else 0
        scopes = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL if self._version >= 6 else 0
        # The kernel refuses a size with fields that it does not know.
        size = 24 if scopes else 16 if network else 8
        attributes = ctypes.create_string_buffer(struct.pack("=QQQ", self._handled, network, scopes))
        made = kernel.system_call(CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
        try:
            for rule, _ in self._rules:
                kernel.system_call(ADD_RULE, made, RULE_PATH_BENEATH, rule, ctypes.c_uint(0))
        except OSError:
            os.close(made)
            raise
        return made

    def add_folder(self, ruleset: int, folder: Path) -> None:
        """Let ``folder`` be used for everything but programs.

        Raises:
            OSError: the kernel refuses.
        """
        if own := self._rule(folder, READ | CHANGE):
            rule, descriptor = own
            try:
                kernel.system_call(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, ctypes.c_uint(0))
            finally:
                os.close(descriptor)

    def _rule(self, path: Path, access: int) -> tuple[ctypes.Array[ctypes.c_char], int] | None:
        """A rule as the kernel takes it, and the descriptor that it names, which must stay open; None without a file.

        A descriptor that only names a file needs no right to read it.
        """
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return None
        access &= self._handled
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= OF_A_FILE
        return ctypes.create_string_buffer(struct.pack("=Qi", access, descriptor)), descriptor


def restrict(ruleset: int) -> None:
    """Put the calling process under a ruleset, for good; new rights must have been refused before.

    Raises:
        OSError: the kernel refuses.
    """
    kernel.system_call(RESTRICT_SELF, ruleset, ctypes.c_uint(0))


def why_off(error: OSError) -> str:
    """Why the kernel refuses, in words."""
    match error.errno:
        case errno.ENOSYS:
            return "this kernel has no Landlock; Linux has it from 5.13"
        case errno.EOPNOTSUPP:
            return "Landlock is switched off in this kernel's settings"
        case errno.EPERM | errno.EACCES:
            return "this system (a container, perhaps) forbids Landlock"
    return f"Landlock cannot be used: {error.strerror or error}"


def _handled(version: int) -> int:
    """The rights that this version knows; each is refused wherever no rule grants it."""
    handled = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        if version >= since:
            handled |= right
    return handled
