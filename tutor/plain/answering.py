"""An exercise by hand, asked line by line: a number, a row, or one row of a table at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.commands.common import print_lines
from tutor.course.answer_file import UNANSWERED, UnreadableAnswers, indices, read_answers, write_answers
from tutor.course.questions import NamedBlank
from tutor.draw.linear.columns import text_lines
from tutor.draw.linear.signs import spoken
from tutor.draw.plain import without_controls
from tutor.errors import UsageError
from tutor.practice import NotUnderstood, as_python, what_is_asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.course import Exercise, Question
    from tutor.course.answer_file import Cells, Index
    from tutor.workspace import Workspace

KEEP, BACK, STOP = "", "back", ("stop", "quit")


@dataclass(frozen=True)
class Asked:
    """What one line answers.

    Attributes:
        number: of its question, from 1.
        blank: what it is, or is a row of.
        row: the row of a table, else None.
    """

    number: int
    question: Question
    blank: NamedBlank
    row: int | None = None

    @property
    def places(self) -> list[Index]:
        """The places in the blank that it fills."""
        return [index for index in indices(self.blank.shape) if self.row in (None, *index[:1])]


def asked_of(questions: Sequence[Question]) -> list[Asked]:
    """All lines of an exercise, in order."""
    return [
        Asked(number, question, blank, row)
        for number, question in enumerate(questions, start=1)
        for blank in question.blanks
        for row in (range(blank.shape[0]) if len(blank.shape) == 2 else (None,))
    ]


def understood(typed: str, asked: Asked) -> Cells:
    """What a line says, by place.

    Raises:
        NotUnderstood: it is no answer to what was asked.
    """
    if typed == UNANSWERED:
        return {}
    # A row of a table is read as any row, and then put in its place.
    one = NamedBlank(asked.blank.name, asked.blank.label, asked.blank.shape[-1:])
    found = read_answers(f"{one.name} = {as_python(typed, one.shape)}", [one])[one.name]
    if found.by_hand:
        raise NotUnderstood("type the numbers themselves, with blanks or commas between them")
    before = () if asked.row is None else (asked.row,)
    return {before + index: text for index, text in found.cells.items()}


class Answering:
    """Asks, and writes each answer into the learner's file as soon as it is there."""

    def __init__(self, workspace: Workspace, exercise: Exercise, questions: Sequence[Question]) -> None:
        self._workspace = workspace
        self._exercise = exercise
        self._lines = asked_of(questions)

    def run(self, first_question: int) -> None:
        """Ask from a question on, to the end of the exercise or until the learner stops.

        Raises:
            UsageError: the file cannot be read, understood or written.
        """
        position = next(place for place, one in enumerate(self._lines) if one.number == first_question)
        print_lines(["Enter keeps what stands there, back goes back, stop ends; 9/4 and the like are welcome."])
        before = None
        while position < len(self._lines):
            asked = self._lines[position]
            print_lines(self._introduction(asked, before))
            before, typed = asked, input("Answer: ").strip()
            if typed in STOP:
                print_lines(["Stopped. What you have answered is in your file."])
                return
            if typed == BACK:
                position = max(0, position - 1)
            elif typed == KEEP or self._take(asked, typed):
                position += 1
        print_lines(["That was the last. To have your answers judged: check"])

    def _introduction(self, asked: Asked, before: Asked | None) -> Iterator[str]:
        if before is None or before.number != asked.number:
            yield ""
            yield f"Question {asked.number} of {self._lines[-1].number}."
            yield from text_lines(asked.question.prompt)
        if before is None or before.blank != asked.blank:
            yield f"Asked: {spoken(what_is_asked(asked.blank))}."
        row = "" if asked.row is None else f"Row {asked.row + 1} of {asked.blank.shape[0]}. "
        yield f"{row}Now: {self._now(asked)}."

    def _take(self, asked: Asked, typed: str) -> bool:
        """Write an answer down, or say why it is none."""
        try:
            cells = understood(typed, asked)
        except NotUnderstood as fault:
            print_lines([f"{without_controls(fault.message)}."])
            return False
        source = self._source()
        others = {index: text for index, text in self._cells(source, asked).items() if index not in asked.places}
        written = write_answers(source, [asked.blank], {asked.blank.name: {**others, **cells}})
        if written != source:
            self._workspace.write(self._exercise, written)
        return True

    def _now(self, asked: Asked) -> str:
        source = self._source()
        if by_hand := read_answers(source, [asked.blank])[asked.blank.name].by_hand:
            return without_controls(by_hand)
        cells = self._cells(source, asked)
        there = [cells.get(index, "empty") for index in asked.places]
        return "not answered" if set(there) == {"empty"} else without_controls(", ".join(there))

    def _cells(self, source: str, asked: Asked) -> Cells:
        return read_answers(source, [asked.blank])[asked.blank.name].cells

    def _source(self) -> str:
        """The learner's file, from anew each time: another editor may have it too."""
        source = self._workspace.read(self._exercise)
        try:
            read_answers(source, ())
        except UnreadableAnswers as error:
            raise UsageError(
                f"{self._exercise.filename} is no Python, so that your answers in it are not found: {error}",
                "edit opens it in your editor, reset lays down the starter and keeps your text.",
            ) from None
        return source
