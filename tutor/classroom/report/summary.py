"""What a class has in common: how far it is, what went wrong most, and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from tutor.classroom.exports.feedback import outcome, standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults, GradedCheck, GradedExercise
    from tutor.verdict import Verdict

BINS = 10
"""Of the distribution: tenths of all points."""


@dataclass(frozen=True)
class ExerciseSummary:
    """How a class stands with one exercise.

    Attributes:
        stands: how many stand how, by :func:`standing`.
        mean: points of those who were judged; None where nobody was.
    """

    exercise: GradedExercise
    stands: Counter[str]
    mean: float | None

    @property
    def handed_in(self) -> int:
        """How many handed something in."""
        return self.stands.total() - self.stands["missing"]


@dataclass(frozen=True)
class CheckSummary:
    """How a class stands with one check.

    Attributes:
        ran: for how many it was run; where one before it failed, it was not.
        failed: how many of these failed at it.
    """

    exercise: GradedExercise
    check: GradedCheck
    ran: int
    failed: int

    @property
    def share(self) -> float:
        """Which part of those for whom it was run failed at it."""
        return self.failed / self.ran if self.ran else 0.0


@dataclass(frozen=True)
class MisconceptionSummary:
    """Who shows one misconception, in the order of the class."""

    exercise: GradedExercise
    says: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class ClassSummary:
    """What stands above the table of everybody.

    Attributes:
        active: who handed in anything.
        all_passed: how many passed every exercise.
        median: of the points of those who are active; None where nobody is.
        mean: likewise.
        bins: how many of them got how many tenths of all points.
        waiting: how many submissions are not judged yet, or could not be.
        checks: at which somebody failed, the hardest first.
        misconceptions: the most frequent first.
    """

    active: int
    all_passed: int
    median: float | None
    mean: float | None
    bins: tuple[int, ...]
    waiting: int
    exercises: tuple[ExerciseSummary, ...]
    checks: tuple[CheckSummary, ...]
    misconceptions: tuple[MisconceptionSummary, ...]


def summary_of(results: ClassResults) -> ClassSummary:
    """The summary of a class."""
    active = [person for person in results.people if any(_handed_in(results, person))]
    scores = [results.score(person.learner) for person in active]
    checks = [one for exercise in results.exercises for one in _checks(results, exercise) if one.failed]
    return ClassSummary(
        active=len(active),
        all_passed=sum(all(verdict.passed for verdict in _verdicts(results, person)) for person in active),
        median=median(scores) if scores else None,
        mean=fmean(scores) if scores else None,
        bins=_bins(scores, results.max_score),
        waiting=sum(not grade.is_final for grade in results.grades.values()),
        exercises=tuple(_exercise(results, exercise) for exercise in results.exercises),
        checks=tuple(sorted(checks, key=lambda one: (-one.share, -one.failed))),
        misconceptions=tuple(sorted(_misconceptions(results), key=lambda one: -len(one.people))),
    )


def _verdicts(results: ClassResults, person: Person) -> Iterator[Verdict]:
    return (outcome(results, person.learner, exercise) for exercise in results.exercises)


def _handed_in(results: ClassResults, person: Person) -> Iterator[bool]:
    return (results.grade(person.learner, exercise.slug) is not None for exercise in results.exercises)


def _bins(scores: list[float], max_score: float) -> tuple[int, ...]:
    found = Counter(min(BINS - 1, int(score / max_score * BINS + 1e-9)) for score in scores)
    return tuple(found[place] for place in range(BINS))


def _judged(results: ClassResults, exercise: GradedExercise) -> Iterator[tuple[Person, Verdict]]:
    for person in results.people:
        grade = results.grade(person.learner, exercise.slug)
        if grade is not None and grade.is_final and grade.verdict is not None:
            yield person, grade.verdict


def _exercise(results: ClassResults, exercise: GradedExercise) -> ExerciseSummary:
    stands = Counter(standing(results.grade(person.learner, exercise.slug)) for person in results.people)
    scores = [verdict.score for _, verdict in _judged(results, exercise)]
    return ExerciseSummary(exercise, stands, fmean(scores) if scores else None)


def _checks(results: ClassResults, exercise: GradedExercise) -> Iterator[CheckSummary]:
    ended: Counter[tuple[str, str]] = Counter()
    for _, verdict in _judged(results, exercise):
        ended.update((check.id, check.status) for check in verdict.checks)
    for check in exercise.checks:
        failed = sum(ended[check.id, status] for status in ("fail", "error", "timeout"))
        yield CheckSummary(exercise, check, failed + ended[check.id, "pass"], failed)


def _misconceptions(results: ClassResults) -> Iterator[MisconceptionSummary]:
    for exercise in results.exercises:
        who: dict[str, list[Person]] = {}
        for person, verdict in _judged(results, exercise):
            for name in dict.fromkeys(check.misconception for check in verdict.checks if check.status != "pass"):
                if name is not None:
                    who.setdefault(name, []).append(person)
        for name, people in who.items():
            yield MisconceptionSummary(exercise, exercise.misconceptions.get(name, name), tuple(people))
