"""The warm process that workers are forked from: it has imported torch, and never a submission or a solution.

The engine is forked into two right after ``import torch``; this is the half that knows nothing else: no course, no
seed, no expected value. One worker lives at a time. It puts on its sandbox, says to the engine which layers are on,
and only then is sent a submission. When it is to end, it and everything it started is killed: its process group, and
whatever left the group, since orphans are adopted here. Then its folder is removed.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import io
import json
import os
import signal
import socket
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tutor.engine import wire, worker
from tutor.engine.private_folder import remove_folder
from tutor.engine.sandbox import Sandbox, SandboxBroken, process
from tutor.engine.sandbox.limits import Limits
from tutor.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Sequence

MESSAGE_BYTES = 4096


class ServerGone(GraderError):
    """The server has ended, perhaps for want of memory; its engine can judge no more."""


class ForkServer:
    """The engine's end: forks workers, and ends them."""

    def __init__(self) -> None:
        """Fork the server off the calling process, which must have one thread only.

        From now on neither lets another process of the same user read its memory, where the system can do that.
        """
        with contextlib.suppress(OSError):
            process.hide_memory()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid == 0:
            status = 1
            try:
                ours.close()
                _serve(theirs)
                status = 0
            finally:
                os._exit(status)
        theirs.close()
        self._connection = ours

    def fork(self, allowed: Limits) -> tuple[socket.socket, int]:
        """Fork a worker.

        Returns:
            The connection to it, and a descriptor from which its stdout and stderr are read.

        Raises:
            ServerGone: it has ended.
            GraderError: it cannot fork.
        """
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            message = json.dumps({"fork": asdict(allowed)}).encode()
            reply = self._ask(message, [theirs.fileno(), output_end])
        except BaseException:
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        if "pid" not in reply:
            ours.close()
            os.close(output)
            raise GraderError(f"no worker can be started: {reply['failed']}")
        return ours, output

    def end(self) -> int:
        """Kill the worker and everything it started, where it lives still.

        Returns:
            How the last worker had ended, as :func:`os.waitstatus_to_exitcode` says it: negative for a signal.

        Raises:
            ServerGone: it has ended.
        """
        return int(self._ask(b'{"end": true}', [])["ended"])

    def close(self) -> None:
        """End the server."""
        self._connection.close()
        os.waitpid(self._pid, 0)

    def _ask(self, message: bytes, descriptors: list[int]) -> dict[str, Any]:
        try:
            socket.send_fds(self._connection, [message], descriptors)
            reply: dict[str, Any] = json.loads(self._connection.recv(MESSAGE_BYTES))
        except (OSError, ValueError) as error:
            raise ServerGone(f"the server that workers are forked from is gone: {error}") from None
        return reply


def _serve(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        process.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.argv[:] = ["worker"]
    _close_all_but(connection.fileno())
    sandbox = Sandbox()
    gc.collect()
    gc.freeze()
    pid, folder, ended = 0, Path(), 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(connection, MESSAGE_BYTES, 2)
        if not message:
            # The engine is gone, however it went.
            if pid:
                _end(pid, folder)
            return
        match json.loads(message):
            case {"fork": allowed}:
                try:
                    pid, folder = _fork(sandbox, descriptors, Limits(**allowed))
                    reply: dict[str, Any] = {"pid": pid}
                except OSError as error:
                    reply = {"failed": str(error)}
                for descriptor in descriptors:
                    os.close(descriptor)
            case _:
                if pid:
                    ended, pid = _end(pid, folder), 0
                reply = {"ended": ended}
        connection.send(json.dumps(reply).encode())


def _fork(sandbox: Sandbox, descriptors: Sequence[int], allowed: Limits) -> tuple[int, Path]:
    """Fork a worker; its pid, and the folder that it may write to.

    Raises:
        OSError: the kernel refuses.
    """
    folder = Path(tempfile.mkdtemp(prefix="cnn-tutor-"))
    try:
        prepared = sandbox.prepare()
        try:
            pid = os.fork()
            if pid == 0:
                _become_worker(sandbox, prepared, descriptors, folder, allowed)
        finally:
            if prepared is not None:
                os.close(prepared)
    except OSError:
        remove_folder(folder)
        raise
    return pid, folder


def _become_worker(
    sandbox: Sandbox, prepared: int | None, descriptors: Sequence[int], folder: Path, allowed: Limits
) -> NoReturn:
    """Turn the forked child into a worker."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        connection, output = descriptors
        os.dup2(output, 1)
        os.dup2(output, 2)
        _close_all_but(connection, 1, 2, *([prepared] if prepared is not None else []))
        sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        _list_packages()
        # What the socket asks of the kernel here is refused later. A low number leaves the limit on them whole.
        engine = socket.socket(fileno=os.dup(connection))
        os.close(connection)
        try:
            sandbox.enter(allowed, folder, prepared)
        except SandboxBroken as error:
            engine.sendall(wire.encode({"broken": str(error)}))
        else:
            layers = [[layer.name, layer.on, layer.why] for layer in sandbox.layers]
            engine.sendall(wire.encode({"sandbox": layers}))
            worker.serve(engine)
            status = 0
    finally:
        os._exit(status)


def _end(pid: int, folder: Path) -> int:
    """Kill a worker, its process group, and all orphans that it left behind; remove its folder."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    # A worker killed before its setsid has no group of its own yet.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    while orphans := process.children():
        for orphan in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        for _ in orphans:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)
    remove_folder(folder)
    return os.waitstatus_to_exitcode(status)


def _list_packages() -> None:
    """Let Python list the folders that it imports from once more, where they have changed: later it may not list them.

    Looking for a module that is nowhere makes it look everywhere.
    """
    importlib.util.find_spec("cnn_tutor_looks_everywhere")


def _unbuffered(descriptor: int) -> io.TextIOWrapper:
    """What a killed worker had printed must have arrived."""
    raw = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", write_through=True)


def _close_all_but(*kept: int) -> None:
    """Close every descriptor but ``kept``; 0, 1 and 2 lead to the null device unless kept."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        if descriptor not in kept:
            os.dup2(null, descriptor)
    low = 3
    for descriptor in sorted({number for number in kept if number > 2}):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))
