"""Judging submissions wherever this is called: in a thread here, or by a scheduler's worker. Imports no torch.

Each thread has an engine of its own, which stays warm from one batch to the next. What a batch needs travels in it, but
for the course: that has to be installed, and be the same, wherever anything is judged.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

import tutor.course
from tutor.course import load_course
from tutor.course.packs import find_course
from tutor.engine.client import EngineClient
from tutor.errors import GraderError
from tutor.verdict import Verdict, not_judged

if TYPE_CHECKING:
    from tutor.course import Course


class Task(msgspec.Struct, frozen=True):
    """A text to be judged.

    Attributes:
        key: comes back with the verdict.
        exercise: the slug.
        fingerprint: :meth:`tutor.course.Exercise.fingerprint` of it, as whoever asks has it.
        learner: whose questions it answers.
        data: what a train exercise trains on; see :func:`tutor.lab.data.load`.
    """

    key: str
    exercise: str
    fingerprint: str
    learner: str
    source: str
    seed: int
    data: str | None = None


class Batch(msgspec.Struct, frozen=True):
    """Some tasks of one course.

    Attributes:
        course: what it is opened by, see :func:`tutor.course.packs.find_course`; empty for the one that ships.
    """

    course: str
    tasks: tuple[Task, ...]


class Judged(msgspec.Struct, frozen=True):
    """The verdict on one task."""

    key: str
    verdict: Verdict


@dataclass
class _Warm:
    """A course, and an engine that judges by it."""

    course: Course
    engine: EngineClient


class Judges:
    """The engines of this process, one for each thread that judges."""

    def __init__(self) -> None:
        self._of_thread = threading.local()
        self._all: list[EngineClient] = []
        self._lock = threading.Lock()
        self._is_over = False

    def judge(self, batch: bytes) -> bytes:
        """Judge a batch.

        Args:
            batch: a :class:`Batch`, as JSON.

        Returns:
            A list of :class:`Judged`, as JSON, in the same order.

        Raises:
            Cancelled: :meth:`close` was called meanwhile.
            ManifestError: a file of the course is wrong.
        """
        asked = msgspec.json.decode(batch, type=Batch)
        warm = self._warm(asked.course)
        return msgspec.json.encode([Judged(task.key, _verdict(warm, task)) for task in asked.tasks])

    def close(self) -> None:
        """End what is judged, and all engines."""
        with self._lock:
            self._is_over = True
            for engine in self._all:
                engine.close()

    def _warm(self, course: str) -> _Warm:
        known: dict[str, _Warm] = self._of_thread.__dict__.setdefault("known", {})
        if course not in known:
            location = find_course(course) if course else tutor.course.builtin_course()
            engine = EngineClient(location)
            with self._lock:
                self._all.append(engine)
            known[course] = _Warm(load_course(location), engine)
        if self._is_over:
            raise GraderError("grading was ended")
        return known[course]


def _verdict(warm: _Warm, task: Task) -> Verdict:
    exercise = warm.course.find(task.exercise)
    if exercise.fingerprint() != task.fingerprint:
        return not_judged(exercise, task.seed, "a worker has another version of this exercise; install the same there")
    try:
        return warm.engine.check(exercise, task.source, learner=task.learner, seed=task.seed, data=task.data)
    except GraderError as error:
        return not_judged(exercise, task.seed, " ".join(filter(None, (error.message, error.remedy))))


_JUDGES = Judges()


def judge(batch: bytes) -> bytes:
    """See :meth:`Judges.judge`; its engines end with the process, which is a scheduler's worker."""
    return _JUDGES.judge(batch)
