"""Answers to the questions of another learner of the class, in exercises by hand. Imports no torch.

Every learner's questions are drawn from their name; so numbers that are right for somebody else's questions, or the
words of somebody else's questions, were not come by at one's own. That is for a person to look at; it changes no marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.classroom.results import Finding
from tutor.course.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tutor.classroom.collect import HandedIn
    from tutor.verdict import Verdict

NOBODY = "\n"
"""A learner that nobody is: their questions are right for no one."""
MIN_NUMBERS = 4
"""So many wrong numbers have to be known to be right for another's questions: a shape or two is so by accident."""
MAX_NAMED = 3
DRAWN = tuple(f"q{number}" for number in range(2, QUESTIONS + 1))
"""The questions that the name decides; the first is the same for all."""

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


def borrowed(
    suspects: Sequence[Suspect],
    learners: Sequence[str],
    right_for: Mapping[str, Numbers],
) -> Iterator[Finding]:
    """What stands in a submission and belongs to another's questions.

    Args:
        suspects: submissions to one exercise.
        learners: everybody.
        right_for: numbers that are right for each learner's questions, as many as are known.
    """
    for suspect in suspects:
        one = suspect.handed_in
        others = [learner for learner in learners if learner != one.learner]
        if not _has_questions_of(one, one.learner):
            words = [other for other in others if _has_questions_of(one, other)]
            if words:
                yield _finding(one, "the questions in the file are those of", words)
                continue
        if len(suspect.wrong) >= MIN_NUMBERS:
            atol = one.exercise.manifest.tolerance.atol
            numbers = [other for other in others if _agree(suspect.wrong, right_for.get(other, {}), atol)]
            if numbers:
                yield _finding(one, "the wrong numbers are the right ones for the questions of", numbers)


def _has_questions_of(one: HandedIn, learner: str) -> bool:
    prompts = (question.prompt for question in one.exercise.questions(learner) if question.name in DRAWN)
    return all(prompt.replace("\n", "\n# ") in one.source for prompt in prompts)


def _agree(wrong: Numbers, right: Numbers, atol: float) -> bool:
    agree = [abs(number - right[place]) <= atol for place, number in wrong.items() if place in right]
    return len(agree) >= MIN_NUMBERS and all(agree)


def _finding(one: HandedIn, says: str, learners: Iterable[str]) -> Finding:
    names = [repr(learner) for learner in learners]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    whose = f"{says} {', '.join(names[:MAX_NAMED])}{more}, not of {one.learner!r}"
    return Finding("others_numbers", one.learner, one.exercise.slug, one.where, whose)
