"""Grading a class: what has no verdict yet is judged by whatever executor there is, and kept as it comes."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from tutor import __version__
from tutor.classroom.borrowed import MIN_NUMBERS, NOBODY, Suspect, borrowed, numbers_of
from tutor.classroom.collect import HandedIn
from tutor.classroom.judging import Batch, Judged, Task
from tutor.classroom.results import GradedCheck, GradedExercise
from tutor.spread.window import results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tutor.classroom.borrowed import Numbers
    from tutor.classroom.gradebook import Gradebook
    from tutor.classroom.results import Finding
    from tutor.classroom.workers import Workers
    from tutor.course import Course, Exercise
    from tutor.verdict import Verdict

KEY_FORMAT = "1"
"""Part of every key; another number where the same submission is to be judged anew."""


@dataclass(frozen=True)
class Grader:
    """How a class is judged.

    Attributes:
        course: by which.
        seed: draws the cases.
        data: what train exercises train on; see :func:`tutor.lab.data.load`.
        versions: of all that decides a verdict.
    """

    course: Course
    seed: int
    data: str | None
    versions: Mapping[str, str]

    def tasks(self, handed_in: Iterable[HandedIn]) -> Iterator[Task]:
        """What is to be judged, one task for each submission."""
        fingerprints: dict[str, str] = {}
        for one in handed_in:
            exercise = one.exercise
            if exercise.slug not in fingerprints:
                fingerprints[exercise.slug] = exercise.fingerprint()
            fingerprint = fingerprints[exercise.slug]
            # Whose questions they are is nothing to an exercise without any.
            learner = one.learner if exercise.is_compute else ""
            data = self.data if exercise.is_train else None
            key = _key(
                KEY_FORMAT, exercise.slug, fingerprint, learner, str(self.seed), str(data), *self._versions, one.source
            )
            yield Task(key, exercise.slug, fingerprint, learner, one.source, self.seed, data)

    def judge(self, tasks: Iterable[Task], workers: Workers) -> Iterator[Judged]:
        """Have tasks judged; the verdicts come as they are done, in any order."""
        asked_as, ahead = self.course.location.asked_as, iter(tasks)
        some_at_a_time = iter(lambda: tuple(islice(ahead, workers.batch)), ())
        batches = (msgspec.json.encode(Batch(asked_as, some)) for some in some_at_a_time)
        for judged in results(workers.executor, workers.judge, batches, workers.window):
            yield from msgspec.json.decode(judged, type=list[Judged])

    @property
    def _versions(self) -> tuple[str, ...]:
        return tuple(f"{what} {which}" for what, which in sorted(self.versions.items()))


def versions() -> dict[str, str]:
    """Of all that decides a verdict."""
    return {
        "cnn-tutor": __version__,
        "PyTorch": version("torch"),
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "machine": platform.machine(),
    }


def to_judge(book: Gradebook, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Those of which there is no verdict yet, each text once."""
    judged = book.judged()
    return tuple({task.key: task for task in tasks if task.key not in judged}.values())


def find_borrowed(
    book: Gradebook, grader: Grader, handed_in: Iterable[HandedIn], workers: Workers
) -> Iterator[Finding]:
    """What stands in submissions by hand that did not pass, and belongs to another's questions."""
    results = book.results()
    learners = [person.learner for person in results.people]
    suspects: dict[Exercise, list[Suspect]] = {}
    for one in handed_in:
        grade = results.grade(one.learner, one.exercise.slug)
        if one.exercise.is_compute and grade and grade.verdict and grade.verdict.verdict == "fail":
            suspects.setdefault(one.exercise, []).append(Suspect(one, numbers_of(grade.verdict)))
    for exercise, theirs in suspects.items():
        is_worth_it = any(len(suspect.wrong) >= MIN_NUMBERS for suspect in theirs)
        right = _right_numbers(book, grader, exercise, learners, workers) if is_worth_it else {}
        yield from borrowed(theirs, learners, right)


def _right_numbers(
    book: Gradebook, grader: Grader, exercise: Exercise, learners: Sequence[str], workers: Workers
) -> dict[str, Numbers]:
    """For each learner numbers that are right for their questions: what is wrong with them for nobody's."""
    references = (HandedIn(NOBODY, exercise, exercise.reference(learner), "") for learner in learners)
    tasks = dict(zip(learners, grader.tasks(references), strict=True))
    for _ in kept(book, grader.judge(to_judge(book, tasks.values()), workers)):
        pass  # read below, with those that were there
    verdicts = book.verdicts(task.key for task in tasks.values())
    return {learner: numbers_of(verdicts[task.key]) for learner, task in tasks.items()}


def kept(book: Gradebook, judged: Iterable[Judged]) -> Iterator[Verdict]:
    """Keep verdicts as they come, and pass them on."""
    for one in judged:
        book.keep([(one.key, one.verdict)])
        yield one.verdict


def graded(exercises: Sequence[Exercise]) -> tuple[GradedExercise, ...]:
    """What results say of the exercises that a class was judged by."""
    return tuple(
        GradedExercise(
            slug=one.slug,
            number=one.number,
            title=one.title,
            max_score=one.manifest.points,
            checks=tuple(GradedCheck(entry.id, entry.says, entry.points, entry.hidden) for entry in one.manifest.check),
            misconceptions={entry.id: entry.says for entry in one.manifest.misconception},
        )
        for one in exercises
    )


def _key(*parts: str) -> str:
    """A hash of texts, so that no two lists of them have the same."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()
