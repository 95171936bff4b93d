"""The engine's loop: requests come as JSON lines over sockets, and are answered there, one check after the other.

    {"check": slug, "source": text, "learner": name, "seed": n, "practice": bool, "data": folder or null}
        {"started": {...}} and {"ended": {...}} for each check, the first again when there is news of one that takes
        long, then {"verdict": {...}}
        or {"error": {"kind", "message", "remedy"}} where the grader could not judge
    {"cancel": true}
        ends the face's check, whether it runs or waits for its turn: {"cancelled": true}
    {"status": true}
        {"status": {...}}, see :class:`tutor.engine.daemon.SharedEngine`
    {"stop": true}
        ends the engine

A face that goes away cancels its check. While one face's check runs, the others' wait; they are heard all the same.
"""

from __future__ import annotations

import json
import select
import selectors
import sys
import time
from collections import deque
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tutor.course import CourseLocation, load_course
from tutor.engine.forkserver import ServerGone
from tutor.engine.judge import Listener, Request, judge
from tutor.errors import GraderError, TutorError

if TYPE_CHECKING:
    import socket

    from tutor.course.manifest import CheckEntry
    from tutor.engine.daemon import Door
    from tutor.engine.forkserver import ForkServer

PART_BYTES = 1 << 16
TICK_S = 20.0
"""How often an engine that nobody asks looks whether it is still wanted."""
SEND_TIMEOUT_S = 10.0
"""How long a face may leave its answers unread, before it counts as gone."""


class _BreakIn(BaseException):
    """Something breaks in upon the judging; no author's check that runs just then may take it for an exception of its
    submission.
    """


class _Cancelled(_BreakIn):
    """The face wants no verdict any more."""


class _FaceGone(_BreakIn):
    """The face has closed its end, or does not read what it is sent."""


class _Stopped(_BreakIn):
    """The engine is to end."""


class Face:
    """One connection: what comes over it, and what goes back."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.setblocking(False)
        self._unread = bytearray()
        self.waiting: deque[dict[str, Any]] = deque()
        """Checks that it has asked for and that have not begun."""
        self.is_gone = False
        self.has_cancelled = False
        """Whether it has cancelled the check that runs."""

    def fileno(self) -> int:
        """To wait for what it says next."""
        return self._connection.fileno()

    def read(self) -> list[dict[str, Any]]:
        """The messages that are there.

        Raises:
            _FaceGone: it has closed its end, or says what is no message.
        """
        try:
            part = self._connection.recv(PART_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            part = b""
        if not part:
            raise _FaceGone
        self._unread += part
        if b"\n" not in part:
            return []
        *lines, rest = self._unread.split(b"\n")
        self._unread = rest
        try:
            return [dict(json.loads(line)) for line in lines]
        except (ValueError, TypeError):
            raise _FaceGone from None

    def send(self, message: dict[str, Any]) -> None:
        """Say something to it.

        Raises:
            _FaceGone: it has closed its end, or does not read.
        """
        rest = memoryview(json.dumps(message).encode() + b"\n")
        while rest:
            try:
                rest = rest[self._connection.send(rest) :]
            except BlockingIOError:
                if not select.select([], [self], [], SEND_TIMEOUT_S)[1]:
                    raise _FaceGone from None
            except OSError:
                raise _FaceGone from None

    def close(self) -> None:
        """Give the connection back."""
        self.is_gone = True
        self._connection.close()


class Service:
    """Answers faces.

    Args:
        course: where the course lies.
        server: forks the workers.
        face: who is there from the beginning, if anybody.
        door: where others come in, if they can. Without one, the last face to go ends the engine.
    """

    def __init__(self, course: CourseLocation, server: ForkServer, face: Face | None, door: Door | None) -> None:
        self._location = course
        self._server = server
        self._door = door
        # Its own descriptor is readable when any of its sockets is: one to watch while a worker is waited for.
        self._selector = selectors.DefaultSelector()
        self._faces: list[Face] = []
        if face is not None:
            self._welcome(face)
        if door is not None:
            self._selector.register(door, selectors.EVENT_READ)
        self._judging: Face | None = None
        self._judged = 0
        self._began = self._last_heard = time.monotonic()

    def run(self) -> None:
        """Answer until nobody is there, or somebody wants it to end."""
        try:
            while self._is_wanted():
                self._hear(min(TICK_S, self._door.idle_s) if self._door else None)
                while (face := self._next()) is not None:
                    self._answer(face, face.waiting.popleft())
        except _Stopped:
            pass
        finally:
            if self._door is not None:
                self._door.close()
            for face in [*self._faces]:
                self._dismiss(face)

    def _is_wanted(self) -> bool:
        if self._faces or self._door is None:
            return bool(self._faces)
        idle_s = time.monotonic() - self._last_heard
        return not (self._door.may_close(idle_s) and self._door.close(only_if_nobody_waits=True))

    def _next(self) -> Face | None:
        """The face whose turn it is: of those that wait, the one that was not asked for longest."""
        face = next((face for face in self._faces if face.waiting), None)
        if face is not None:
            self._faces.remove(face)
            self._faces.append(face)
        return face

    def _hear(self, timeout_s: float | None) -> None:
        """Take in what faces say, waiting so long for the first word."""
        for key, _ in self._selector.select(timeout_s):
            self._last_heard = time.monotonic()
            if isinstance(key.fileobj, Face):
                self._listen(key.fileobj)
            elif self._door is not None and (connection := self._door.accept()) is not None:
                self._welcome(Face(connection))

    def _listen(self, face: Face) -> None:
        try:
            for message in face.read():
                self._take(face, message)
        except _FaceGone:
            self._dismiss(face)

    def _take(self, face: Face, message: dict[str, Any]) -> None:
        match message:
            case {"check": _}:
                face.waiting.append(message)
            case {"cancel": _}:
                # A cancel that comes after its verdict has nothing left to cancel.
                face.has_cancelled = True
                for _ in range(len(face.waiting)):
                    face.waiting.popleft()
                    face.send({"cancelled": True})
            case {"status": _}:
                face.send({"status": self._status()})
            case {"stop": _}:
                raise _Stopped

    def _status(self) -> dict[str, Any]:
        return {
            "course": str(self._location.exercises),
            "up_s": time.monotonic() - self._began,
            "judged": self._judged,
            "faces": len(self._faces) - 1,
            "is_busy": self._judging is not None,
        }

    def _welcome(self, face: Face) -> None:
        self._faces.append(face)
        self._selector.register(face, selectors.EVENT_READ)

    def _dismiss(self, face: Face) -> None:
        self._last_heard = time.monotonic()
        self._faces.remove(face)
        self._selector.unregister(face)
        face.close()

    def _answer(self, face: Face, request: dict[str, Any]) -> None:
        self._judging, face.has_cancelled = face, False
        try:
            face.send(self._reply(face, request))
        except _FaceGone:
            # Dismissed already, where it was heard to go.
            if not face.is_gone:
                self._dismiss(face)
        finally:
            self._judging = None
            self._judged += 1

    def _reply(self, face: Face, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"verdict": self._judge(face, request)}
        except _Cancelled:
            return {"cancelled": True}
        except (_FaceGone, _Stopped):
            raise
        except ServerGone as error:
            # Whoever asks finds the engine gone, and asks another one.
            print(error.message, file=sys.stderr)
            raise _Stopped from None
        except TutorError as error:
            return _as_reply(error)
        except Exception as error:
            return _as_reply(GraderError(f"the grader itself failed: {type(error).__name__}: {error}"))

    def _judge(self, face: Face, request: dict[str, Any]) -> dict[str, Any]:
        # Looked at anew each time: an author edits the course while the engine stays up.
        course = load_course(self._location)
        exercise = course.find(request["check"])
        asked = ("source", "learner", "seed", "practice", "data")
        what = Request(exercise, **{name: request[name] for name in asked})
        total = len(what.entries)

        def started(entry: CheckEntry, position: int, says: str) -> None:
            face.send({"started": {"id": entry.id, "says": says, "position": position, "total": total}})

        def interrupt() -> None:
            self._hear(0)
            if face.is_gone:
                raise _FaceGone
            if face.has_cancelled:
                raise _Cancelled

        listener = Listener(
            started=started,
            ended=lambda result: face.send({"ended": asdict(result)}),
            interrupt=(self._selector.fileno(), interrupt),
        )
        return judge(what, self._server, listener).to_dict()


def _as_reply(error: TutorError) -> dict[str, Any]:
    return {"error": {"kind": type(error).__name__, "message": error.message, "remedy": error.remedy}}
