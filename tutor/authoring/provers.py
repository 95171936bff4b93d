"""The parent's end of :mod:`tutor.authoring.prover`: starts it, asks, and notices what never ends. Imports no torch."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING

import msgspec

from tutor.authoring.outcomes import Broken, Doing, Done, Message, Step, Task
from tutor.engine.signals import signal_in_words
from tutor.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import CourseLocation

START_S = 120.0
"""How long a prover may take until it says its first word: it imports torch."""

MIN_PATIENCE_S = 5.0


class ProverProcess:
    """A prover in a process of its own, started when it is first asked, and anew when it had to be ended.

    ``ask`` is to be called from one thread only; ``close`` may be called from any other.
    """

    def __init__(self, course: CourseLocation) -> None:
        self._course = course
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_asked = False

    def ask(self, task: Task, patience_s: float) -> Iterator[Step]:
        """Have a task carried out.

        Args:
            patience_s: how long one program may take on one seed.

        Yields:
            What it does and finds; where a program never ends or takes the prover down, that is the last thing found.

        Raises:
            GraderError: no prover can be started, or :meth:`close` was called.
        """
        process = self._start()
        assert process.stdin is not None
        doing: Doing | None = None
        self._is_asked = True
        try:
            process.stdin.write(msgspec.json.encode(task) + b"\n")
            process.stdin.flush()
            for message in self._messages(process, max(patience_s, MIN_PATIENCE_S)):
                match message:
                    case Done():
                        return
                    case Doing():
                        doing = message
                yield message
        except TimeoutError:
            self._end(process)
            if doing is None:
                raise GraderError(f"the prover did not start within {START_S:g} s") from None
            says = f"does not end within {max(patience_s, MIN_PATIENCE_S):g} s ({doing.draw})"
            yield Broken(doing.file, says, "Is there a loop that never ends?")
        except (EOFError, OSError):
            how = self._how_it_ended(process)
            if doing is None:
                raise GraderError(f"the prover ended unexpectedly: {how}") from None
            yield Broken(doing.file, f"took the process down that ran it ({doing.draw}): {how}")
        finally:
            self._is_asked = False

    def close(self) -> None:
        """End the prover, and start no other."""
        with self._lock:
            self._is_closed = True
            process = self._process
        if process is None:
            return
        self._end(process)
        # Whoever waits for an answer notices its end; only then can what leads to it be closed.
        if not self._is_asked:
            self._release(process)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise GraderError("the prover was closed")
            if self._process is not None and self._process.poll() is None:
                return self._process
            if self._process is not None:
                self._release(self._process)
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the prover lives
            single = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
            try:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-I", "-m", "tutor.authoring.prover"),
                        *(str(self._course.exercises), str(self._course.solutions)),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._said,
                    env={**os.environ, **single, "CUDA_VISIBLE_DEVICES": "", "PYTHONUTF8": "1"},
                    start_new_session=True,
                )
            except OSError as error:
                raise GraderError(f"the prover cannot be started: {error}") from None
            return self._process

    def _messages(self, process: subprocess.Popen[bytes], patience_s: float) -> Iterator[Message]:
        """What it says, line by line.

        Raises:
            TimeoutError: it has said nothing for too long.
            EOFError: it has ended.
        """
        assert process.stdout is not None
        unread = b""
        left = START_S
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                deadline = time.monotonic() + left
                while b"\n" not in unread:
                    if not selector.select(max(0.0, deadline - time.monotonic())):
                        raise TimeoutError
                    part = os.read(process.stdout.fileno(), 1 << 16)
                    if not part:
                        raise EOFError
                    unread += part
                line, _, unread = unread.partition(b"\n")
                left = patience_s
                yield msgspec.json.decode(line, type=Message)

    def _release(self, process: subprocess.Popen[bytes]) -> None:
        """Close what led to a prover that has ended."""
        for end in (process.stdin, process.stdout, self._said):
            if end is not None:
                with suppress(OSError):
                    end.close()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Kill it and whatever it started."""
        # Once it has been waited for, its number may be somebody else's.
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _how_it_ended(self, process: subprocess.Popen[bytes]) -> str:
        self._end(process)
        if self._is_closed:
            raise GraderError("the prover was closed")
        assert self._said is not None
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip().splitlines()
        if said:
            return said[-1]
        code = process.returncode
        return f"ended by {signal_in_words(-code)}" if code < 0 else f"exit status {code}"
