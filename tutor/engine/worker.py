"""The worker: the one process that runs a submission. It answers what it is asked, and decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.engine import wire
from tutor.engine.session import Session

if TYPE_CHECKING:
    import socket


def serve(connection: socket.socket) -> None:
    """Answer the engine's requests on ``connection`` until it closes."""
    session = Session()

    def read_exactly(length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            part = connection.recv(min(length - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    while True:
        try:
            request = wire.receive(read_exactly)
        except EOFError:
            return
        number = request.pop("id")
        reply = session.handle(request)
        try:
            frame = wire.encode({"id": number, **reply})
        except BaseException as error:
            too_much = {"type": type(error).__name__, "message": "the result cannot be sent back", "lines": []}
            frame = wire.encode({"id": number, "raised": too_much})
        connection.sendall(frame)
