"""Has digits classified by a run's networks, in a process of its own. Imports no torch."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from tutor.errors import UsageError
from tutor.lab.classifier import Answer, Drawn
from tutor.lab.events import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.lab.runs import Run


class Classifier:
    """The process, :mod:`tutor.lab.classifier`.

    Raises:
        UsageError: the run's folder cannot be written to.
    """

    def __init__(self, run: Run) -> None:
        log = run.folder / "classifier.log"
        try:
            with log.open("wb") as errors:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "tutor.lab.classifier", str(run.folder)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    # Ctrl-C is the face's to hear.
                    start_new_session=True,
                )
        except OSError as error:
            raise UsageError(f"{log}: cannot be written to: {error.strerror}") from None
        self._log = log
        self._is_closed = False

    def ask(self, number: int, grey_values: bytes) -> None:
        """Have an image classified; to be called again only once the answer is there, so that no pipe fills up."""
        assert self._process.stdin is not None
        # Where it is dead, its answers say so.
        with suppress(BrokenPipeError):
            self._process.stdin.write(msgspec.json.encode(Drawn(number, grey_values)) + b"\n")
            self._process.stdin.flush()

    def answers(self) -> Iterator[Answer]:
        """All that it says, until it is closed. Blocks, so iterate in a thread of its own."""
        assert self._process.stdout is not None
        answer: Answer | None = None
        with self._process.stdout as said:
            for line in said:
                if line.endswith(b"\n"):
                    answer = msgspec.json.decode(line, type=Answer)
                    yield answer
        self._process.wait()
        if not self._is_closed and not isinstance(answer, Failed):
            yield Failed(
                "The classifier's process ended without a word: it was killed, or the memory ran out.",
                f"What it wrote: {self._log}",
            )

    def close(self) -> None:
        """End the process, at once: it has nothing that could be lost."""
        self._is_closed = True
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
