"""Judging a compute exercise: the learner's numbers and PyTorch's, entry by entry."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.check import raised_in_words
from tutor.checks.diagnosis import diagnose
from tutor.checks.loading import load_answer
from tutor.checks.submission import in_words
from tutor.checks.transcript import number
from tutor.course.questions import filled_in
from tutor.engine.channel import LocalChannel, SubmissionRaised
from tutor.engine.findings import Finding
from tutor.verdict import WrongValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tutor.course import Answer, Exercise, NamedBlank, Question
    from tutor.engine.channel import Channel

MAX_PLACES = 4
"""How many wrong entries of one blank are listed in words; the verdict's data has them all."""

SLIDES_QUESTION = "q1"

MIN_WRONG = 2
"""How many wrong numbers name a misconception. That two are those of one mistake, and of no other, is no accident; and
a learner who goes on question by question has no more than the two of a shape to show."""

Index = tuple[int, ...]
Entries = dict[tuple[str, Index], float]
"""Numbers by the blank's name and the place in it."""


class NotFilledIn(Exception):
    """A blank holds no answer of the shape that is asked; the message says what it holds."""


class KnownAnswers:
    """What PyTorch and the author's programs answer to the same questions, each computed once.

    Args:
        exercise: whose programs.
        questions: as they were asked.

    Raises:
        ManifestError: a file of the exercise is wrong.
    """

    def __init__(self, exercise: Exercise, questions: Sequence[Question]) -> None:
        self._exercise = exercise
        self.questions = {question.name: question for question in questions}
        self._programs: dict[Answer, LocalChannel] = {}
        self._answered: dict[Answer, Entries] = {}
        answer = load_answer(exercise)
        self.expected: Entries = {}
        for question in questions:
            right = answer(question.given)
            for blank in question.blanks:
                value = right[blank.name.removeprefix(question.name).removeprefix("_")]
                self.expected |= _entries(blank, value)

    def program(self, answer: Answer) -> LocalChannel:
        """One of the author's programs, filled in and run.

        Raises:
            SubmissionRaised: it raises.
            ManifestError: it names a value that no question has.
        """
        if answer not in self._programs:
            program = LocalChannel()
            source = filled_in(answer.path, answer.source, tuple(self.questions.values()))
            program.request("load", source=source, filename=self._exercise.filename, forbidden={})
            self._programs[answer] = program
        return self._programs[answer]

    def entries(self, answer: Answer) -> Entries:
        """What one of the author's programs has in the blanks, as far as it is numbers of the shape that is asked.

        Raises:
            SubmissionRaised: the program raises.
        """
        if answer not in self._answered:
            program = self.program(answer)
            entries: Entries = {}
            for question in self.questions.values():
                for blank in question.blanks:
                    # Numbers of another shape are no entries that a submission could agree with.
                    with suppress(NotFilledIn):
                        entries |= _answer(blank, program)
            self._answered[answer] = entries
        return self._answered[answer]


class HandJudge:
    """Judges one submission to a compute exercise, question by question.

    Args:
        exercise: what it is judged as.
        known: what PyTorch and the author's programs answer to the questions.
    """

    def __init__(self, exercise: Exercise, known: KnownAnswers) -> None:
        self._exercise = exercise
        self._atol = exercise.manifest.tolerance.atol
        self._known = known
        self._off: Entries = {}
        """The entries of all questions that have failed."""
        self._failed: list[str] = []

    def check(self, question_name: str, submission: Channel) -> Finding:
        """Compare the answers to one question.

        Raises:
            SubmissionTimedOut, SubmissionDied: the submission's process is gone.
        """
        entries: Entries = {}
        said: list[str] = []
        for blank in self._known.questions[question_name].blanks:
            try:
                answered = _answer(blank, submission)
            except NotFilledIn as problem:
                said.append(str(problem))
            else:
                entries |= answered
                said += self._say_what_is_off(blank, answered)
        if not said:
            return Finding("pass")
        self._off |= entries
        self._failed.append(question_name)
        wrong = tuple(WrongValue(name, index, number(got)) for (name, index), got in entries.items()
                      if not self._right(name, index, got))  # fmt: skip
        return Finding("fail", "\n".join(said), wrong_values=wrong)

    def simpler_finding(self, question_name: str, submission: Channel) -> None:
        """There is none: the case is what is asked."""

    def misconceptions(self) -> dict[str, str]:
        """For each question that has failed the one misconception that explains the answers to all of them, if any.

        Failing that, the one that explains them but for the right numbers in the slides' question.
        """
        if not self._off:
            return {}
        wrong: dict[str, list[Callable[[tuple[str, Index]], float]]] = {}
        for answer in self._exercise.wrong:
            wrong.setdefault(answer.misconception, []).append(self._entries_of(answer).__getitem__)
        expected = self._known.expected
        explains = diagnose(self._off, expected, wrong, self._close, MIN_WRONG) or diagnose(
            self._own(), expected, wrong, self._close, MIN_WRONG
        )
        answered = {_question_of(name) for name, _ in self._off}
        return {question: explains for question in self._failed if explains and question in answered}

    def _own(self) -> Entries:
        """The answers without what may be copied: the lesson works out part of the slides' question."""
        return {
            (name, index): got
            for (name, index), got in self._off.items()
            if _question_of(name) != SLIDES_QUESTION or not self._right(name, index, got)
        }

    def _right(self, name: str, index: Index, got: float) -> bool:
        return self._close(got, self._known.expected[name, index])

    def _close(self, one: float, other: float) -> bool:
        return abs(one - other) <= self._atol or (math.isnan(one) and math.isnan(other))

    def _say_what_is_off(self, blank: NamedBlank, answered: Entries) -> list[str]:
        off = {index: got for (_, index), got in answered.items() if not self._right(blank.name, index, got)}
        if not off:
            return []
        places = [f"{_place(blank, index)} (you: {number(got)})" for index, got in off.items()]
        if len(places) > MAX_PLACES:
            places[MAX_PLACES:] = [f"and {len(places) - MAX_PLACES} more"]
        if blank.shape == ():
            return [f"{blank.name} ({blank.label}) is off: you have {number(off[()])}"]
        right = f"{len(answered) - len(off)} of {len(answered)} right"
        return [f"{blank.name} ({blank.label}): {right}. Off: {'; '.join(places)}"]

    def _entries_of(self, answer: Answer) -> Entries:
        """What an author's program answers to the questions that have failed."""
        entries = self._known.entries(answer)
        return {key: entries.get(key, math.inf) for key in self._off}


def _answer(blank: NamedBlank, submission: Channel) -> Entries:
    """What a program has in a blank.

    Raises:
        NotFilledIn: nothing, no numbers, or numbers of another shape.
    """
    try:
        value = submission.request("get", name=blank.name)
    except SubmissionRaised as error:
        raise NotFilledIn(raised_in_words(error.raised)) from None
    if value is ...:
        raise NotFilledIn(f"{blank.name} ({blank.label}) is not filled in yet")
    return _entries(blank, value)


def _entries(blank: NamedBlank, value: Any) -> Entries:
    """A value's numbers by their place.

    Raises:
        NotFilledIn: there are no numbers of the shape that is asked.
    """
    entries: Entries = {}

    def walk(part: Any, index: Index) -> None:
        shape = blank.shape[len(index) :]
        # Of another shape, it may be of any size.
        if isinstance(part, torch.Tensor) and part.shape == shape:
            part = part.tolist()
        if not shape:
            if isinstance(part, (list, tuple)) or not isinstance(part, (int, float)):
                what = "still `...`" if part is ... else in_words(part)
                raise NotFilledIn(f"{_at(blank, index)} is {what}; a number is asked")
            entries[blank.name, index] = float(part)
            return
        if not isinstance(part, (list, tuple)) or len(part) != shape[0]:
            is_list = isinstance(part, (list, tuple))
            had = f"has {_counted(len(part), shape)}" if is_list else f"is {in_words(part)}"
            raise NotFilledIn(f"{_at(blank, index)} {had}; {_asked(shape)} asked")
        for place, inner in enumerate(part):
            walk(inner, (*index, place))

    walk(value, ())
    return entries


def _asked(shape: Index) -> str:
    of = f" of {_counted(shape[1], shape[1:])}" if len(shape) > 1 else ""
    return f"{_counted(shape[0], shape)}{of} {'is' if shape[0] == 1 else 'are'}"


def _counted(count: int, shape: Index) -> str:
    """So many rows, or so many numbers where there are no rows any more."""
    return f"{count} {'row' if len(shape) > 1 else 'number'}{'' if count == 1 else 's'}"


def _at(blank: NamedBlank, index: Index) -> str:
    return f"{blank.name} ({blank.label})" + (f", {_place(blank, index)}," if index else "")


def _question_of(blank_name: str) -> str:
    return blank_name.partition("_")[0]


def _place(blank: NamedBlank, index: Index) -> str:
    """An entry's place as people count, from 1."""
    if len(blank.shape) == 1:
        return f"number {index[0] + 1}"
    return ", ".join(f"{axis} {place + 1}" for axis, place in zip(("row", "column"), index, strict=False))
