"""Grading a class: what has no verdict yet is judged by whatever executor there is, and kept as it comes."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from tutor import __version__
from tutor.classroom.borrowed import MIN_NUMBERS, NOBODY, Suspect, borrowed, numbers_of, words_for
from tutor.classroom.judging import Batch, Judged, Task
from tutor.classroom.results import GradedCheck, GradedExercise
from tutor.spread.window import results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tutor.classroom.borrowed import Numbers, Words
    from tutor.classroom.collect import Collected, HandedIn
    from tutor.classroom.gradebook import Gradebook
    from tutor.classroom.results import Finding
    from tutor.classroom.workers import Workers
    from tutor.course import Course, Exercise
    from tutor.verdict import Verdict

    Say = Callable[[str], None]

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
    _fingerprints: dict[str, str] = field(default_factory=dict, init=False)

    def tasks(self, handed_in: Iterable[HandedIn]) -> Iterator[Task]:
        """What is to be judged, one task for each submission."""
        for one in handed_in:
            # Whose questions they are is nothing to an exercise without any.
            learner = one.learner if one.exercise.is_compute else ""
            key = self.key("", one.exercise, learner, one.source)
            yield self._task(key, one.exercise, learner, one.source)

    def reference_task(self, exercise: Exercise, learner: str, key: str) -> Task:
        """The right answers to a learner's questions, to be judged by the questions of nobody."""
        return self._task(key, exercise, NOBODY, exercise.reference(learner))

    def key(self, what: str, exercise: Exercise, *parts: str) -> str:
        """What something about an exercise is kept under: another as soon as anything that decides it changes."""
        how = (self._fingerprint(exercise), str(self.seed), str(self._data_of(exercise)), *self._versions)
        return _key(KEY_FORMAT, what, exercise.slug, *how, *parts)

    def judge(self, tasks: Iterable[Task], workers: Workers) -> Iterator[Judged]:
        """Have tasks judged; the verdicts come as they are done, in any order."""
        asked_as, ahead = self.course.location.asked_as, iter(tasks)
        some_at_a_time = iter(lambda: tuple(islice(ahead, workers.batch)), ())
        batches = (msgspec.json.encode(Batch(asked_as, some)) for some in some_at_a_time)
        for judged in results(workers.executor, workers.judge, batches, workers.window):
            yield from msgspec.json.decode(judged, type=list[Judged])

    def _task(self, key: str, exercise: Exercise, learner: str, source: str) -> Task:
        fingerprint, data = self._fingerprint(exercise), self._data_of(exercise)
        return Task(key, exercise.slug, fingerprint, learner, source, self.seed, data)

    def _data_of(self, exercise: Exercise) -> str | None:
        return self.data if exercise.is_train else None

    def _fingerprint(self, exercise: Exercise) -> str:
        if exercise.slug not in self._fingerprints:
            self._fingerprints[exercise.slug] = exercise.fingerprint()
        return self._fingerprints[exercise.slug]

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
    book: Gradebook, grader: Grader, collected: Collected, tasks: Iterable[Task], workers: Workers, say: Say
) -> Iterator[Finding]:
    """What stands in submissions by hand that did not pass, and belongs to another's questions.

    Args:
        tasks: the one of each submission, in their order.
        say: takes how far it is, in words.
    """
    learners = [person.learner for person in collected.people]
    by_hand = {task.key: one for one, task in zip(collected.handed_in, tasks, strict=True) if one.exercise.is_compute}
    suspects: dict[Exercise, list[Suspect]] = {}
    for key, verdict in book.verdicts(by_hand).items():
        if verdict.verdict == "fail":
            one = by_hand[key]
            suspects.setdefault(one.exercise, []).append(Suspect(one, numbers_of(verdict)))
    for exercise, theirs in suspects.items():
        is_worth_it = any(len(suspect.wrong) >= MIN_NUMBERS for suspect in theirs)
        right = _right_numbers(book, grader, exercise, learners, workers, say) if is_worth_it else {}
        words = _words(book, grader, exercise, learners)
        yield from borrowed(theirs, words, right, exercise.manifest.tolerance.atol)


def _words(book: Gradebook, grader: Grader, exercise: Exercise, learners: Sequence[str]) -> dict[str, Words]:
    """Of each learner's questions, which take milliseconds to draw."""
    keys = {learner: grader.key("questions", exercise, learner) for learner in learners}
    words = book.questions(keys.values())
    new = {key: words_for(exercise, learner) for learner, key in keys.items() if key not in words}
    book.keep_questions(new)
    words |= new
    return {learner: words[key] for learner, key in keys.items()}


def _right_numbers(
    book: Gradebook, grader: Grader, exercise: Exercise, learners: Sequence[str], workers: Workers, say: Say
) -> dict[str, Numbers]:
    """For each learner numbers that are right for their questions: what is wrong with them for nobody's."""
    keys = {learner: grader.key("reference", exercise, learner) for learner in learners}
    judged = book.judged()
    new = [learner for learner, key in keys.items() if key not in judged]
    tasks = (grader.reference_task(exercise, learner, keys[learner]) for learner in new)
    for done, _ in enumerate(kept(book, grader.judge(tasks, workers)), 1):
        say(f"working out the answers to everybody's questions in {exercise.slug}: {done:,} of {len(new):,} …")
    verdicts = book.verdicts(keys.values())
    return {learner: numbers_of(verdicts[key]) for learner, key in keys.items()}


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
