"""The face's end of the engine: starts it, asks for verdicts, cancels, closes. Imports no torch."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec

from tutor.engine import daemon
from tutor.engine.link import Link, LinkBroken
from tutor.engine.start import start_engine
from tutor.errors import GraderError, ManifestError, TutorError
from tutor.verdict import CheckResult, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tutor.course import CourseLocation, Exercise

CLOSE_TIMEOUT_S = 5.0


class Cancelled(TutorError):
    """The check was cancelled before its verdict."""


@dataclass(frozen=True)
class CheckStarted:
    """The engine begins with one of the exercise's checks, or there is news of one that takes long.

    Attributes:
        says: what is checked; in one that takes long, what is done just now.
    """

    id: str
    says: str
    position: int
    total: int


CheckProgress = CheckStarted | CheckResult
"""What arrives while a check runs: a check begins, or a check has ended."""


class EngineClient:
    """An engine in a process of its own, that imports torch while the face goes on.

    ``start`` returns at once; the first verdict waits for the engine to be warm. One submission is judged at a time:
    ``check`` is to be called from one thread only, ``cancel`` and ``close`` may be called from any other.

    Args:
        course: where the course lies.
        shared: whether to ask the engine that all of the user's commands share, which stays up for a while; see
            :mod:`tutor.engine.daemon`. Otherwise, and where none can be shared, the engine is this client's own and
            ends with it.
    """

    def __init__(self, course: CourseLocation, *, shared: bool = False) -> None:
        self._course = course
        self._shared = shared and daemon.is_allowed()
        self._engine: _Engine | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def start(self) -> None:
        """See to it that an engine is there or on its way.

        Raises:
            GraderError: its process cannot be started.
        """
        with self._lock:
            if self._engine is not None and self._engine.link.is_up:
                return
            self._release()
            self._is_closed = False
            joined = daemon.join(self._course) if self._shared else None
            self._engine = _OwnEngine(self._course) if joined is None else _SharedEngine(joined)

    def check(
        self,
        exercise: Exercise,
        source: str,
        *,
        learner: str,
        seed: int,
        practice: bool = False,
        data: str | None = None,
        on_progress: Callable[[CheckProgress], None] | None = None,
    ) -> Verdict:
        """Judge a submission; returns when the verdict is there.

        Args:
            exercise: what it is judged as.
            source: the submission's text.
            learner: whose questions a compute exercise asks.
            seed: draws the cases; the same seed gives the same verdict.
            practice: judge one question alone, :data:`tutor.course.questions.PRACTISED` of the variant that the seed
                draws.
            data: what a train exercise trains on; see :func:`tutor.lab.data.load`.
            on_progress: called in this thread for every check that begins or ends, and for what one that takes long
                does.

        Raises:
            Cancelled: :meth:`cancel` or :meth:`close` was called meanwhile.
            GraderError: the engine could not judge; the submission is not to blame.
            ManifestError: a file of the course is wrong.
        """
        request = {
            "check": exercise.slug,
            "source": source,
            "learner": learner,
            "seed": seed,
            "practice": practice,
            "data": data,
        }
        reply = self._ask(request, is_last_try=False)
        if reply is None:
            # It ended just when it was asked: its time was over, or another command stopped it.
            reply = self._ask(request, is_last_try=True)
        try:
            return self._follow(reply, on_progress)
        except TutorError:
            raise
        except BaseException:
            # The rest of the answer would be taken for that to the next question.
            with self._lock:
                self._release()
            raise

    def cancel(self) -> None:
        """Cancel the check that runs, if any: its worker is killed, the engine stays warm."""
        engine = self._engine
        if engine is not None:
            with contextlib.suppress(LinkBroken):
                engine.link.send({"cancel": True})

    def close(self) -> None:
        """End the conversation; with it an engine of our own, and everything it started."""
        with self._lock:
            if self._engine is not None:
                self._is_closed = True
                self._release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _release(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _ask(self, request: dict[str, Any], *, is_last_try: bool) -> Any:
        """Send a request, and wait for the first word of the reply.

        Returns:
            That word; None, unless it is the last try, where another engine can be asked: this one had been up for
            longer, and ended before it said anything.
        """
        self.start()
        engine = self._engine
        if engine is None:
            raise Cancelled("the engine was closed")
        try:
            engine.link.send(request)
            reply = engine.link.receive()
        except LinkBroken:
            if engine.can_be_replaced and not is_last_try and not self._is_closed:
                return None
            raise self._death(engine) from None
        engine.has_answered()
        return reply

    def _follow(self, reply: Any, on_progress: Callable[[CheckProgress], None] | None) -> Verdict:
        """From the first word of the reply to the verdict."""
        while True:
            match reply:
                case {"started": started}:
                    if on_progress:
                        on_progress(CheckStarted(**started))
                case {"ended": ended}:
                    if on_progress:
                        on_progress(msgspec.convert(ended, CheckResult))
                case {"verdict": verdict}:
                    return Verdict.from_dict(verdict)
                case {"cancelled": True}:
                    raise Cancelled("the check was cancelled")
                case {"error": {"kind": kind, "message": message, "remedy": remedy}}:
                    raise (ManifestError if kind == "ManifestError" else GraderError)(message, remedy)
                case _:
                    raise GraderError(f"the engine answered what cannot be understood: {reply}")
            engine = self._engine
            if engine is None:
                raise Cancelled("the engine was closed")
            try:
                reply = engine.link.receive()
            except LinkBroken:
                raise self._death(engine) from None

    def _death(self, engine: _Engine) -> TutorError:
        if self._is_closed:
            return Cancelled("the engine was closed")
        return GraderError(f"the engine ended unexpectedly: {engine.last_words()}", "Try again; it is started anew.")


class _Engine(Protocol):
    link: Link
    can_be_replaced: bool
    """Whether one that ends without a word is no sign that the next would too."""

    def has_answered(self) -> None: ...

    def last_words(self) -> str: ...

    def close(self) -> None: ...


class _OwnEngine:
    """An engine that serves this face alone, and ends with it.

    Raises:
        GraderError: the process cannot be started.
    """

    can_be_replaced = False

    def __init__(self, course: CourseLocation) -> None:
        ours, theirs = socket.socketpair()
        # A file, for nobody reads along: a pipe would fill up and stop the engine.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the engine lives
        try:
            self._process = start_engine(course, theirs.fileno(), ["own"], self._said)
        except OSError as error:
            self._said.close()
            ours.close()
            raise GraderError(f"the engine cannot be started: {error}") from None
        finally:
            theirs.close()
        self.link = Link(ours)

    def has_answered(self) -> None:
        """Nothing changes by it."""

    def last_words(self) -> str:
        """Why it ended."""
        self._process.wait()
        self._said.seek(0)
        return _last_line(self._said.read()) or f"exit status {self._process.returncode}"

    def close(self) -> None:
        """End it and everything it started."""
        self.link.shut()
        # While it still imports torch, it hears nothing else.
        self._process.terminate()
        try:
            self._process.wait(CLOSE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.link.close()
        self._said.close()


class _SharedEngine:
    """An engine that other faces ask too; it stays up when this one goes."""

    def __init__(self, joined: daemon.Joined) -> None:
        self.link = joined.link
        self.can_be_replaced = joined.started is None
        self._log = joined.log
        self._starter = joined.started

    def has_answered(self) -> None:
        """It works: should it be gone next time, another one is worth a try."""
        self.can_be_replaced = True

    def last_words(self) -> str:
        """Why it ended, as far as its log knows."""
        try:
            said = self._log.read_bytes()
        except OSError:
            said = b""
        return _last_line(said) or "it was killed, perhaps for want of memory"

    def close(self) -> None:
        """End the conversation; what it judges for us is cancelled by that."""
        self.link.shut()
        self.link.close()
        if self._starter is not None:
            # It ends as soon as Python is up in it.
            self._starter.wait()


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
