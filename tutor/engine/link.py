"""A face's end of a conversation with an engine: messages as JSON lines over a socket. Imports no torch."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from typing import Any

PART_BYTES = 1 << 16


class LinkBroken(Exception):
    """The engine has ended, or was never there."""


class Link:
    """One connection. One thread receives; :meth:`send` and :meth:`shut` may be called from any other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._unread = bytearray()

    def send(self, message: dict[str, Any]) -> None:
        """Say something.

        Raises:
            LinkBroken: nobody listens any more.
        """
        line = json.dumps(message).encode() + b"\n"
        try:
            with self._sending:
                self._connection.sendall(line)
        except OSError as error:
            raise LinkBroken(str(error)) from None

    def receive(self) -> Any:
        """The next message, as soon as it is there.

        Raises:
            LinkBroken: there will be none: the engine has ended, or :meth:`shut` was called.
            TimeoutError: none came within :meth:`wait_at_most`.
        """
        while (end := self._unread.find(b"\n")) < 0:
            try:
                part = self._connection.recv(PART_BYTES)
            except TimeoutError:
                raise
            except OSError as error:
                raise LinkBroken(str(error)) from None
            if not part:
                raise LinkBroken("it closed the connection")
            self._unread += part
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        return json.loads(line)

    def wait_at_most(self, seconds: float) -> None:
        """From now on :meth:`send` and :meth:`receive` wait no longer than this."""
        self._connection.settimeout(seconds)

    @property
    def is_up(self) -> bool:
        """Whether the engine has kept its end open so far."""
        try:
            return bool(self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def shut(self) -> None:
        """End the conversation; a thread that waits in :meth:`receive` is told so."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
