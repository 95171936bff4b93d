"""Which layers this machine has: each is put on in a child that ends at once, and tried."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.engine.sandbox import landlock, namespaces, process, seccomp
from tutor.engine.signals import signal_in_words
from tutor.verdict import SandboxLayer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAYERS = ("process", "limits", "namespaces", "landlock", "seccomp")
"""Every layer, in the order in which they are put on."""

ANSWER_BYTES = 1 << 16


def probe_layers() -> tuple[SandboxLayer, ...]:
    """Every layer, whether it holds on this machine, and why not. The calling process stays as it is."""
    if not hasattr(os, "fork"):
        return tuple(SandboxLayer(name, on=False, why="this system has no fork") for name in LAYERS)
    answers, answers_end = os.pipe()
    with warnings.catch_warnings():
        # The child makes system calls and nothing else: other threads do not matter to it.
        warnings.simplefilter("ignore", DeprecationWarning)
        parent, pid = os.getpid(), os.fork()
    if pid == 0:
        try:
            os.close(answers)
            for name, why in _tried(parent):
                os.write(answers_end, json.dumps([name, why]).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(answers_end)
    with os.fdopen(answers, "rb") as reader:
        lines = reader.read(ANSWER_BYTES).splitlines()
    _, status = os.waitpid(pid, 0)
    tried: dict[str, str] = dict(json.loads(line) for line in lines)
    return tuple(_layer(name, tried, status) for name in LAYERS)


def _layer(name: str, tried: dict[str, str], status: int) -> SandboxLayer:
    if name in tried:
        return SandboxLayer(name, on=not tried[name], why=tried[name])
    ended = signal_in_words(status & 127) if status & 127 else f"status {status >> 8}"
    return SandboxLayer(name, on=False, why=f"the process that tried it ended with {ended}")


def _tried(parent: int) -> Iterator[tuple[str, str]]:
    """Each layer's name, and why it is off; empty where it is on. Changes the calling process for good."""
    if sys.platform != "linux":
        off = "only Linux has it"
        yield "process", "what a submission starts is killed only where it stays in its process group"
        yield "limits", "memory and processes are limited only on Linux"
        yield from ((name, off) for name in LAYERS[2:])
        return
    yield "process", _why(lambda: _try_process(parent), lambda error: f"this kernel refuses: {error.strerror}")
    yield "limits", _why(_try_limits, lambda error: f"this system refuses: {error.strerror or error}")
    yield "namespaces", _why(lambda: namespaces.enter(Path(tempfile.gettempdir())), namespaces.why_off)
    yield "landlock", _why(_try_landlock, landlock.why_off)
    if seccomp.supported():
        yield "seccomp", _why(_try_seccomp, seccomp.why_off)
    else:
        yield "seccomp", f"there is no list of system calls for {os.uname().machine}"


def _why(attempt: Callable[[], object], in_words: Callable[[OSError], str]) -> str:
    try:
        attempt()
    except OSError as error:
        return in_words(error)
    return ""


def _try_process(parent: int) -> None:
    process.die_with_parent(parent)
    process.adopt_orphans()
    process.hide_memory()
    process.refuse_new_rights()


def _try_limits() -> None:
    from tutor.engine.sandbox import limits

    limits.apply(limits.Limits(time_s=60, memory_mb=256))


def _try_landlock() -> None:
    rules = landlock.Rules(())
    landlock.restrict(rules.ruleset())
    with contextlib.suppress(PermissionError):
        list(Path("/").iterdir())
        raise OSError("it lets everything through")


def _try_seccomp() -> None:
    seccomp.install(seccomp.program(os.getpid()))
    # A program that may not do what every program does would be of no use.
    Path("/").stat()
    with contextlib.suppress(PermissionError):
        socket.socket().close()
        raise OSError("it lets everything through")
