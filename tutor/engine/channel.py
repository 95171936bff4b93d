"""The two ways in which the engine drives a program: a learner's in a worker, an author's in its own process."""

from __future__ import annotations

import os
import selectors
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch

from tutor.clipping import as_name, clipped, clipped_lines
from tutor.engine import wire
from tutor.engine.session import Session
from tutor.engine.signals import signal_in_words
from tutor.errors import GraderError
from tutor.verdict import SandboxLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.engine.forkserver import ForkServer
    from tutor.engine.sandbox.limits import Limits

START_S = 30.0
"""How long a worker may take to put on its sandbox, on the busiest machine."""

TYPE_LENGTH = 80
MESSAGE_LENGTH = 600
LINE_LENGTH = 120
LINES = 12
"""How much is taken over of what a submission says that it has raised."""

PLAIN = (type(None), bool, float, str, wire.ModuleHandle)
PLAIN_DTYPES = frozenset(wire.DTYPES.values())

COPIES = ("load_parameters", "load_buffers", "load_state_dict", "take_images")
"""What copies the values that it is given anyway, or changes none of them."""


@dataclass(frozen=True)
class Raised:
    """What a submission raised.

    Attributes:
        type: the exception's class name.
        message: its message.
        lines: (line number, source line) of every frame in the submission's own file, outermost first.
    """

    type: str
    message: str
    lines: tuple[tuple[int, str], ...] = ()


class SubmissionRaised(Exception):
    """The submission raised an exception."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(f"{raised.type}: {raised.message}")
        self.raised = raised


class SubmissionTimedOut(Exception):
    """The submission used up its time."""


class SubmissionDied(Exception):
    """The submission's process ended before it answered; the message says how."""


class Channel(Protocol):
    """Something that carries out the operations of :class:`tutor.engine.session.Session`."""

    def request(self, do: str, **fields: wire.Value) -> wire.Value:
        """Carry out one operation.

        Raises:
            SubmissionRaised: the program raised.
            SubmissionTimedOut: the program used up its time.
            SubmissionDied: the program's process is gone.
        """
        ...


class LocalChannel:
    """An author's program, in this very process; it is trusted.

    Values are copied, so that nothing is shared with it: plain ones directly, which takes half the time. All else goes
    through the wire, so that a check sees the same as it would of a learner's program.
    """

    def __init__(self) -> None:
        self._session = Session()

    def request(self, do: str, **fields: wire.Value) -> wire.Value:
        """Carry out one operation."""
        reply = self._session.handle({"do": do, **(fields if do in COPIES else _crossed(fields))})
        return _crossed(reply["value"]) if "value" in reply else _value_of(_through_wire(reply))

    def forget_modules(self) -> None:
        """Let go of the modules made so far: a program that is kept would keep those of all its cases."""
        self._session.forget_modules()


class WorkerChannel:
    """A learner's program, in a worker of its own; nothing that it says is believed unchecked.

    Args:
        server: forks the worker.
        limits: what the worker may use.
        interrupt: a descriptor to watch, and what to call when it is readable; what that raises ends the wait.

    Attributes:
        sandbox: the layers that keep the worker in; every one that this machine has.

    Raises:
        GraderError: no worker can be started, or not every layer can be put on it.
    """

    def __init__(self, server: ForkServer, limits: Limits, interrupt: tuple[int, Callable[[], None]] | None) -> None:
        self._server = server
        self._left = limits.time_s
        self._kept_bytes = limits.output_kb << 10
        self._interrupt = interrupt
        self._next_id = 0
        self._printed = bytearray()
        self._received = bytearray()
        self._connection, self._output = server.fork(limits)
        self._connection.setblocking(False)
        os.set_blocking(self._output, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._connection, selectors.EVENT_READ, "connection")
        self._selector.register(self._output, selectors.EVENT_READ, "output")
        if interrupt is not None:
            self._selector.register(interrupt[0], selectors.EVENT_READ, "interrupt")
        try:
            self.sandbox = self._receive_layers()
        except BaseException:
            self.close()
            raise

    @property
    def printed(self) -> str:
        """What the submission wrote to stdout and stderr, cut to its first kilobytes."""
        text = bytes(self._printed[: self._kept_bytes]).decode("utf-8", "replace")
        return text + "\n… (cut)" if len(self._printed) > self._kept_bytes else text

    def request(self, do: str, **fields: wire.Value) -> wire.Value:
        """Carry out one operation in the worker."""
        self._next_id += 1
        began = time.monotonic()
        deadline = began + self._left
        try:
            self._write(wire.encode({"id": self._next_id, "do": do, **fields}), deadline)
            reply = wire.receive(lambda length: self._read(length, deadline))
        except wire.WireError as error:
            raise SubmissionDied(f"your program sent what is no answer ({clipped(str(error), LINE_LENGTH)})") from None
        finally:
            self._left -= time.monotonic() - began
        # Reading very many values takes time too, and it is the submission that has sent them.
        if self._left <= 0:
            raise SubmissionTimedOut
        match reply:
            case {"id": int(number)} if number == self._next_id:
                return _value_of(reply)
        raise SubmissionDied("your program sent what is no answer")

    def close(self) -> None:
        """Kill the worker and everything it started."""
        self._connection.close()
        self._selector.close()
        try:
            self._server.end()
        finally:
            with suppress(OSError):
                while self._drain():
                    pass
            os.close(self._output)

    def _receive_layers(self) -> tuple[SandboxLayer, ...]:
        """What a worker says before it has seen a line of the submission: it can be believed."""
        deadline = time.monotonic() + START_S
        try:
            said = wire.receive(lambda length: self._read(length, deadline))
        except (SubmissionDied, SubmissionTimedOut) as error:
            raise GraderError(f"a worker ended before it had put on its sandbox: {error}") from None
        if "broken" in said:
            raise GraderError(f"the sandbox is broken: {said['broken']}")
        return tuple(SandboxLayer(name, on, why) for name, on, why in said["sandbox"])

    def _write(self, frame: bytes, deadline: float) -> None:
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[self._connection.send(rest) :]
            except BlockingIOError:
                self._selector.modify(self._connection, selectors.EVENT_WRITE, "connection")
                self._wait(deadline)
            except OSError:
                raise SubmissionDied(self._how_it_died()) from None
        self._selector.modify(self._connection, selectors.EVENT_READ, "connection")

    def _read(self, length: int, deadline: float) -> bytes:
        # Whatever has come is taken at once; of a reply, it is mostly all.
        while len(self._received) < length:
            self._wait(deadline)
            try:
                part = self._connection.recv(1 << 20)
            except OSError:
                part = b""
            if not part:
                raise SubmissionDied(self._how_it_died())
            self._received += part
        with memoryview(self._received) as received:
            taken = bytes(received[:length])
        del self._received[:length]
        return taken

    def _wait(self, deadline: float) -> None:
        """Wait until the connection is ready, taking in what the submission prints meanwhile."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise SubmissionTimedOut
            ready = {key.data for key, _ in self._selector.select(left)}
            if "output" in ready and not self._drain():
                self._selector.unregister(self._output)
            if "interrupt" in ready and self._interrupt is not None:
                self._interrupt[1]()
            if "connection" in ready:
                return

    def _drain(self) -> bool:
        """Take in what is there of the output; False at its end."""
        part = os.read(self._output, 1 << 16)
        room = self._kept_bytes + 1 - len(self._printed)
        self._printed += part[:room]
        return bool(part)

    def _how_it_died(self) -> str:
        status = self._server.end()
        if status == -signal.SIGXCPU:
            raise SubmissionTimedOut
        if status < 0:
            return f"your program was ended by {signal_in_words(-status)}"
        return f"your program ended itself with exit status {status} before it had answered"


class _NotPlain(Exception):
    """A value that only the wire knows how to put."""


def _crossed(value: wire.Value) -> wire.Value:
    """A value as it would arrive over the wire."""
    try:
        return _copied(value)
    except _NotPlain:
        return _through_wire(value)


def _through_wire(value: wire.Value) -> wire.Value:
    return _read_frame(memoryview(wire.encode(value)))


def _copied(value: Any) -> Any:
    """A plain value that shares nothing with this one.

    Raises:
        _NotPlain: it is none.
    """
    kind = type(value)
    if kind in PLAIN or value is ... or (kind is int and abs(value) < 2**63):
        return value
    if kind in (torch.Tensor, torch.nn.Parameter) and value.layout is torch.strided and value.dtype in PLAIN_DTYPES:
        dense, axes = wire.in_memory_order(value.detach())
        copy = dense.clone(memory_format=torch.contiguous_format)
        return copy.permute(axes) if axes else copy
    if kind in (list, tuple):
        return kind([_copied(item) for item in value])
    if kind is dict and all(type(name) is str for name in value):
        return {name: _copied(item) for name, item in value.items()}
    raise _NotPlain


def _read_frame(frame: memoryview) -> Any:
    position = 0

    def read_exactly(length: int) -> bytes:
        nonlocal position
        position += length
        return bytes(frame[position - length : position])

    return wire.receive(read_exactly)


def _value_of(reply: dict[str, wire.Value]) -> wire.Value:
    match reply:
        case {"value": value}:
            return value
        case {"raised": {"type": str(kind), "message": str(message), "lines": list(lines)}}:
            last = tuple(_line(line) for line in lines[-LINES:])
            says = clipped_lines(message, MESSAGE_LENGTH, LINES)
            raise SubmissionRaised(Raised(as_name(kind, TYPE_LENGTH), says, last))
    raise SubmissionDied("your program sent what is no answer")


def _line(line: wire.Value) -> tuple[int, str]:
    match line:
        case [int(number), str(text)]:
            return number, clipped(" ".join(text.splitlines()), LINE_LENGTH)
    return 0, ""
