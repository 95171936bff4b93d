"""What a class has achieved, as plain data that every export and report is made from."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec looks it up
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from tutor.classroom.people import Person
    from tutor.verdict import Verdict

FindingKind = Literal[
    "missing", "late", "duplicate", "misnamed", "refused", "unreadable", "others_numbers", "other_name"
]


@dataclass(frozen=True)
class Finding:
    """Something about what was handed in that a person should look at. It changes no marks.

    Attributes:
        learner: whose; empty where it is nobody's in particular.
        exercise: the slug; empty where it is about no exercise in particular.
        where: the file or the archive's member, as a person finds it.
        says: what is the matter, in words, in one line.
    """

    kind: FindingKind
    learner: str
    exercise: str
    where: str
    says: str


@dataclass(frozen=True)
class GradedCheck:
    """One check of an exercise, as its manifest has it.

    Attributes:
        is_hidden: whether only the instructor's copy of the course has it: learners see its points, not what it found.
    """

    id: str
    says: str
    max_points: float
    is_hidden: bool = False


@dataclass(frozen=True)
class GradedExercise:
    """One exercise of the course that a class was judged by.

    Attributes:
        max_score: the points of all its checks.
        misconceptions: in the teacher's words, by id.
    """

    slug: str
    number: int
    title: str
    max_score: float
    checks: tuple[GradedCheck, ...]
    misconceptions: Mapping[str, str]


@dataclass(frozen=True)
class Grade:
    """What one learner's submission to one exercise was judged to be.

    Attributes:
        where: the file or the archive's member that was judged.
        at: when it was handed in, in UTC; None where nothing says.
        late_by_s: how long after the deadline, in seconds; 0 where it was in time, or where there is none.
        verdict: None while it waits to be judged.
    """

    learner: str
    exercise: str
    where: str
    verdict: Verdict | None
    at: datetime | None = None
    late_by_s: float = 0.0

    @property
    def is_final(self) -> bool:
        """Whether it was judged; where the grader itself could not judge, it was not."""
        return self.verdict is not None and self.verdict.verdict != "grader_error"


@dataclass(frozen=True)
class ClassResults:
    """All of a class.

    Attributes:
        course: its title.
        exercises: those that were asked for, in the course's order.
        people: in the order of their names.
        grades: of those who handed something in, by learner and slug.
        findings: in the order of learner and exercise.
        versions: of cnn-tutor, PyTorch and Python, as the class was judged with.
    """

    course: str
    exercises: tuple[GradedExercise, ...]
    people: tuple[Person, ...]
    grades: Mapping[tuple[str, str], Grade]
    findings: tuple[Finding, ...] = ()
    versions: Mapping[str, str] | None = None

    @cached_property
    def max_score(self) -> float:
        """The points of all exercises."""
        return sum(exercise.max_score for exercise in self.exercises)

    def grade(self, learner: str, exercise: str) -> Grade | None:
        """What was judged; None where nothing was handed in."""
        return self.grades.get((learner, exercise))

    def score(self, learner: str) -> float:
        """A learner's points in all exercises; what is missing or was not judged counts nothing."""
        of_theirs = (self.grade(learner, exercise.slug) for exercise in self.exercises)
        return sum(grade.verdict.score for grade in of_theirs if grade is not None and grade.verdict is not None)
