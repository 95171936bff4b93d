"""Having submissions judged one at a time, where the newest request wins. Imports no Textual."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tutor.engine.client import Cancelled, CheckProgress
from tutor.errors import TutorError
from tutor.progress import ProgressError
from tutor.settings import data_for
from tutor.verdict import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Exercise
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace


@dataclass(frozen=True)
class Judged:
    """A verdict, and what recording it said.

    Attributes:
        failures: how many attempts in a row have not passed, this one included.
        source: the text that was judged.
        not_kept: why the attempt could not be recorded, or None; the verdict stands all the same.
    """

    verdict: Verdict
    failures: int
    source: str
    not_kept: TutorError | None = None


class Engine(Protocol):
    """What the app asks of an engine; :class:`tutor.engine.client.EngineClient` is the real one."""

    def start(self) -> None:
        """See :meth:`EngineClient.start`."""

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
        """See :meth:`EngineClient.check`."""

    def cancel(self) -> None:
        """See :meth:`EngineClient.cancel`."""

    def close(self) -> None:
        """See :meth:`EngineClient.close`."""


class Checks:
    """The queue before the engine, of length one: a new request cancels the one that runs.

    Every request has a ticket. What arrives for a ticket that is no longer the newest is dropped, so that the verdict
    on an older text never stands in the place of a newer one's.

    Args:
        data: what train exercises train on, where that was said when the face was started.
    """

    def __init__(self, engine: Engine, data: str | None = None) -> None:
        self._engine = engine
        self._data = data
        self._newest = 0
        self._engine_free = threading.Lock()

    def request(self) -> int:
        """Draw the ticket of a new request; the check that runs is cancelled."""
        self.cancel()
        return self._newest

    def cancel(self) -> None:
        """Cancel the check that runs or waits, if any; its verdict is neither shown nor recorded."""
        self._newest += 1
        with suppress(TutorError):
            self._engine.cancel()

    def is_newest(self, ticket: int) -> bool:
        """Whether nothing was requested or cancelled since this ticket was drawn."""
        return ticket == self._newest

    def judge(
        self,
        ticket: int,
        workspace: Workspace,
        exercise: Exercise,
        source: str,
        on_progress: Callable[[CheckProgress], None],
    ) -> Judged:
        """Have a text judged and record the verdict; blocks, so call it in a thread of its own.

        Raises:
            Cancelled: a newer request came, or this one was cancelled.
            GraderError: the engine could not judge.
            ManifestError: a file of the course is wrong.
        """

        def pass_on(progress: CheckProgress) -> None:
            # A cancellation that came before the engine had the request has found nothing to cancel.
            if self.is_newest(ticket):
                on_progress(progress)
            else:
                self._engine.cancel()

        with self._engine_free:
            self._give_way(ticket)
            verdict = self._engine.check(
                exercise,
                source,
                learner=workspace.learner,
                seed=DEFAULT_SEED,
                data=data_for(exercise, workspace, self._data),
                on_progress=pass_on,
            )
            self._give_way(ticket)
            try:
                return Judged(verdict, workspace.keep_attempt(verdict, source), source)
            except ProgressError as error:
                return Judged(verdict, 0, source, error)

    def practise(self, ticket: int, exercise: Exercise, source: str, variant: int) -> Verdict:
        """Have an answer to a variant judged; it counts as no attempt. Blocks, and raises, as :meth:`judge` does."""
        with self._engine_free:
            self._give_way(ticket)
            verdict = self._engine.check(exercise, source, learner="", seed=variant, practice=True)
            self._give_way(ticket)
            return verdict

    def look_again(self, ticket: int, workspace: Workspace, exercise: Exercise, source: str) -> Verdict:
        """Have a text judged whose verdict counts as no attempt. Blocks, and raises, as :meth:`judge` does."""
        with self._engine_free:
            self._give_way(ticket)
            verdict = self._engine.check(exercise, source, learner=workspace.learner, seed=DEFAULT_SEED)
            self._give_way(ticket)
            return verdict

    def _give_way(self, ticket: int) -> None:
        if not self.is_newest(ticket):
            raise Cancelled("the check was cancelled")
