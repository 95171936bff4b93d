"""A web server on this machine that sends files in the ways in which servers and networks fail."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Answers a request for a file, whose bytes are given.
    Answer = Callable[["Handler", bytes], None]


class Server(ThreadingHTTPServer):
    """Serves ``files`` by path. ``answers`` says how each is sent: one after the other, the last again and again.

    Attributes:
        asked: path and Range header of every request.
        sent: how many bytes of files were sent.
        released: set to end every answer that waits.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.sent = 0
        self.released = threading.Event()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def put(self, path: str, content: bytes, *answers: Answer) -> str:
        """Serve a file; returns its address."""
        self.files[path], self.answers[path] = content, list(answers) or [in_ranges]
        return self.url(path)


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Range"]))
        if self.path not in self.server.files:
            self.send_error(404)
            return
        answers = self.server.answers[self.path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        answer(self, self.server.files[self.path])

    def begin(self, status: int, length: int | None = None, content_range: str = "") -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()

    def send(self, content: bytes) -> None:
        try:
            self.wfile.write(content)
        except ConnectionError:
            return  # who asked has had enough
        self.server.sent += len(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def whole(handler: Handler, content: bytes) -> None:
    """Send all of it, whatever part was asked for."""
    handler.begin(200, len(content))
    handler.send(content)


def without_length(handler: Handler, content: bytes) -> None:
    handler.begin(200)
    handler.send(content)


def in_ranges(handler: Handler, content: bytes) -> None:
    """Send the part that was asked for."""
    _send_part(handler, content, len(content))


def breaking_off(after: int) -> Answer:
    """Send the part that was asked for, but no more than so many bytes of it."""
    return lambda handler, content: _send_part(handler, content, after)


def stalling(after: int) -> Answer:
    """Send so many bytes, and nothing any more."""

    def answer(handler: Handler, content: bytes) -> None:
        _send_part(handler, content, after)
        handler.server.released.wait(60)

    return answer


def after_release(handler: Handler, content: bytes) -> None:
    """Send it once it is released."""
    handler.server.released.wait(60)
    in_ranges(handler, content)


def failing(status: int) -> Answer:
    return lambda handler, _content: handler.send_error(status)


def in_wrong_ranges(handler: Handler, content: bytes) -> None:
    """Send the part before the one that was asked for."""
    if handler.headers["Range"]:
        handler.begin(206, 1, f"bytes 0-0/{len(content)}")
        handler.send(content[:1])
    else:
        whole(handler, content)


def _send_part(handler: Handler, content: bytes, at_most: int) -> None:
    wanted = handler.headers["Range"]
    start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
    if start >= len(content):
        handler.begin(416, 0)
        return
    part = content[start:]
    if wanted:
        handler.begin(206, len(part), f"bytes {start}-{len(content) - 1}/{len(content)}")
    else:
        handler.begin(200, len(part))
    handler.send(part[:at_most])
