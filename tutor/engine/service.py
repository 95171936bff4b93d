"""The engine's loop: requests come as JSON lines on stdin, verdicts go as JSON lines to stdout.

    {"check": slug, "source": text, "learner": name, "seed": n, "practice": bool}
        {"started": {...}} and {"ended": {...}} for each check, then {"verdict": {...}}
        or {"error": {"kind", "message", "remedy"}} where the grader could not judge
    {"cancel": true}
        ends the check that runs: {"cancelled": true}

The end of stdin ends the engine, and with it the server and every worker.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tutor.course import CourseLocation, load_course
from tutor.engine.judge import Listener, Request, judge
from tutor.errors import GraderError, TutorError

if TYPE_CHECKING:
    from tutor.course.manifest import CheckEntry
    from tutor.engine.forkserver import ForkServer


class _Cancelled(Exception):
    """The face wants no verdict any more."""


class _FaceGone(Exception):
    """The face has closed its end."""


class Service:
    """Answers one face, one request after the other.

    Args:
        course: where the course lies.
        server: forks the workers.
        requests: descriptor that requests are read from.
        replies: descriptor that replies are written to.
    """

    def __init__(self, course: CourseLocation, server: ForkServer, requests: int, replies: int) -> None:
        self._location = course
        self._server = server
        self._requests = requests
        self._replies = replies
        self._unread = b""
        self._waiting: list[dict[str, Any]] = []

    def run(self) -> None:
        """Answer until the face closes its end."""
        try:
            while True:
                request = self._next()
                # A cancel that comes after its verdict has nothing left to cancel.
                if "check" in request:
                    self._answer(request)
        except _FaceGone:
            return

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            verdict = self._judge(request)
        except _Cancelled:
            self._send({"cancelled": True})
        except _FaceGone:
            raise
        except TutorError as error:
            self._send_error(error)
        except Exception as error:
            self._send_error(GraderError(f"the grader itself failed: {type(error).__name__}: {error}"))
        else:
            self._send({"verdict": verdict})

    def _judge(self, request: dict[str, Any]) -> dict[str, Any]:
        # Read anew each time: an author edits the course while the engine stays up.
        course = load_course(self._location)
        exercise = course.find(request["check"])
        total = len(exercise.manifest.check)

        def started(entry: CheckEntry, position: int) -> None:
            self._send({"started": {"id": entry.id, "says": entry.says, "position": position, "total": total}})

        listener = Listener(
            started=started,
            ended=lambda result: self._send({"ended": asdict(result)}),
            interrupt=(self._requests, self._look_for_cancel),
        )
        what = Request(exercise, request["source"], request["learner"], request["seed"], request["practice"])
        return judge(what, self._server, listener).to_dict()

    def _look_for_cancel(self) -> None:
        """Called when the face has said something while a worker is waited for."""
        self._read()
        if any("cancel" in message for message in self._waiting):
            self._waiting = [message for message in self._waiting if "cancel" not in message]
            raise _Cancelled

    def _next(self) -> dict[str, Any]:
        while not self._waiting:
            self._read()
        return self._waiting.pop(0)

    def _read(self) -> None:
        part = os.read(self._requests, 1 << 16)
        if not part:
            raise _FaceGone
        *lines, self._unread = (self._unread + part).split(b"\n")
        self._waiting += [json.loads(line) for line in lines]

    def _send_error(self, error: TutorError) -> None:
        self._send({"error": {"kind": type(error).__name__, "message": error.message, "remedy": error.remedy}})

    def _send(self, message: dict[str, Any]) -> None:
        line = json.dumps(message).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._replies, line) :]
        except BrokenPipeError:
            raise _FaceGone from None
