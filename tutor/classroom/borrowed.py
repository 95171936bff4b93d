"""Answers to the questions of another learner of the class, in exercises by hand. Imports no torch.

Every learner's questions are drawn from their name; so numbers that are right for somebody else's questions, or the
words of somebody else's questions, were not come by at one's own. That is for a person to look at; it changes no marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.classroom.results import Finding
from tutor.course.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tutor.classroom.collect import HandedIn
    from tutor.course import Exercise
    from tutor.verdict import Verdict

NOBODY = "\n"
"""A learner that nobody is: their questions are right for no one."""
MIN_NUMBERS = 4
"""So many wrong numbers have to be known to be right for another's questions: a shape or two is so by accident."""
MAX_NAMED = 3
DRAWN = tuple(f"q{number}" for number in range(2, QUESTIONS + 1))
"""The questions that the name decides; the first is the same for all."""

Words = Sequence[str]
"""Of the questions that the name decides, one text for each."""
Numbers = Mapping[tuple[str, tuple[int, ...]], float]
"""By the blank and the place in it."""


@dataclass(frozen=True)
class Suspect:
    """A submission by hand that did not pass, and the numbers in it that are wrong for its own learner's questions."""

    handed_in: HandedIn
    wrong: Numbers


def numbers_of(verdict: Verdict) -> Numbers:
    """The numbers that a verdict calls wrong, as far as they answer questions that a name decides."""
    numbers = {}
    for check in verdict.checks:
        for value in check.wrong_values:
            if value.blank.partition("_")[0] in DRAWN:
                try:
                    numbers[value.blank, value.index] = float(value.got)
                except ValueError:
                    continue
    return numbers


def words_for(exercise: Exercise, learner: str) -> Words:
    """The questions that the name decides, as they stand in this learner's file."""
    drawn = (question for question in exercise.questions(learner) if question.name in DRAWN)
    return tuple(question.prompt.replace("\n", "\n# ") for question in drawn)


def borrowed(
    suspects: Sequence[Suspect], words: Mapping[str, Words], right: Mapping[str, Numbers], atol: float
) -> Iterator[Finding]:
    """What stands in a submission and belongs to another's questions.

    Args:
        suspects: submissions to one exercise that did not pass.
        words: of each learner's questions.
        right: numbers that are right for each learner's questions, as far as they are known.
        atol: how far off a right number may be.
    """
    for suspect in suspects:
        one = suspect.handed_in
        if not _stands_in(words[one.learner], one.source):
            theirs = [learner for learner in words if _stands_in(words[learner], one.source)]
            if theirs:
                yield _finding(one, "the questions in the file are those of", theirs)
                continue
        if len(suspect.wrong) >= MIN_NUMBERS:
            theirs = [
                learner for learner, its in right.items() if learner != one.learner and _agree(suspect.wrong, its, atol)
            ]
            if theirs:
                yield _finding(one, "the wrong numbers are the right ones for the questions of", theirs)


def _stands_in(words: Iterable[str], source: str) -> bool:
    return all(each in source for each in words)


def _agree(wrong: Numbers, right: Numbers, atol: float) -> bool:
    agree = 0
    for place, number in wrong.items():
        if place in right:
            if abs(number - right[place]) > atol:
                return False
            agree += 1
    return agree >= MIN_NUMBERS


def _finding(one: HandedIn, says: str, learners: Iterable[str]) -> Finding:
    names = [repr(learner) for learner in learners]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    whose = f"{says} {', '.join(names[:MAX_NAMED])}{more}, not of {one.learner!r}"
    return Finding("others_numbers", one.learner, one.exercise.slug, one.where, whose)
