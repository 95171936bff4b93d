"""The face's end of the engine: starts it, asks for verdicts, cancels, closes. Imports no torch."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self

import msgspec

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
    """The engine begins with one of the exercise's checks."""

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
    """

    def __init__(self, course: CourseLocation) -> None:
        self._course = course
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._said: IO[bytes] | None = None
        self._is_closed = False

    def start(self) -> None:
        """Start the engine's process, where it does not run already.

        Raises:
            GraderError: the process cannot be started.
        """
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            self._release()
            self._is_closed = False
            # A file, for nobody reads along: a pipe would fill up and stop the engine.
            said = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the engine lives
            try:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-I", "-m", "tutor.engine"),
                        *(str(self._course.exercises), str(self._course.solutions)),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    env=_engine_environment(),
                    start_new_session=True,
                )
            except OSError as error:
                said.close()
                raise GraderError(f"the engine cannot be started: {error}") from None
            self._said = said

    def check(
        self,
        exercise: Exercise,
        source: str,
        *,
        learner: str,
        seed: int,
        practice: bool = False,
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
            on_progress: called in this thread for every check that begins or ends.

        Raises:
            Cancelled: :meth:`cancel` or :meth:`close` was called meanwhile.
            GraderError: the engine could not judge; the submission is not to blame.
            ManifestError: a file of the course is wrong.
        """
        self.start()
        request = {"check": exercise.slug, "source": source, "learner": learner, "seed": seed, "practice": practice}
        self._send(request)
        while True:
            reply = self._receive()
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

    def cancel(self) -> None:
        """Cancel the check that runs, if any: its worker is killed, the engine stays warm."""
        process = self._process
        if process is not None and process.poll() is None:
            self._send({"cancel": True})

    def close(self) -> None:
        """End the engine and everything it started."""
        with self._lock:
            process = self._process
            if process is None:
                return
            self._is_closed = True
            assert process.stdin is not None
            # The end of its input ends the engine.
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(CLOSE_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _release(self) -> None:
        """Forget a process that has ended, and close what led to it."""
        process, self._process = self._process, None
        for end in (process.stdin, process.stdout, self._said) if process else ():
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()
        self._said = None

    def _send(self, message: dict[str, Any]) -> None:
        process = self._process
        if process is None:
            raise Cancelled("the engine was closed")
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        except (OSError, ValueError):
            raise self._death(process) from None

    def _receive(self) -> Any:
        process = self._process
        if process is None:
            raise Cancelled("the engine was closed")
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
        except ValueError:
            raise Cancelled("the engine was closed") from None
        if not line:
            raise self._death(process)
        return json.loads(line)

    def _death(self, process: subprocess.Popen[str]) -> TutorError:
        if self._is_closed:
            return Cancelled("the engine was closed")
        process.wait()
        assert self._said is not None
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip().splitlines()
        last = said[-1] if said else f"exit status {process.returncode}"
        return GraderError(f"the engine ended unexpectedly: {last}", "Try again; `cnn-tutor` starts a new one.")


def _engine_environment() -> dict[str, str]:
    """A clean environment: one thread for every numeric library, no GPU, nothing that changes what Python imports."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    single = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **single, "CUDA_VISIBLE_DEVICES": "", "PYTHONUTF8": "1"}
