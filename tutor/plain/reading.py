"""A lesson, read section by section; its drawings are passed over, and told when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.draw.linear.columns import text_lines
from tutor.draw.linear.markdown import Drawing, sections
from tutor.errors import UsageError
from tutor.plain.typed import number_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.course import Exercise, Question


class Reading:
    """One exercise's lesson, and how far it has been read."""

    def __init__(self, exercise: Exercise) -> None:
        self._sections = sections(exercise.lesson())
        self._next = 0

    def turn_to(self, typed: str) -> None:
        """Go to a section by its number, or to the task, which is the last.

        Raises:
            UsageError: there is no such section.
        """
        last = len(self._sections)
        self._next = (last if typed == "task" else number_in(typed, last, "section")) - 1

    def more(self) -> Iterator[str]:
        """The next section."""
        if self._next == len(self._sections):
            yield "That was the whole lesson. lesson begins again, task reads what is asked."
            return
        yield from self._section(self._next)
        self._next += 1

    def all(self) -> Iterator[str]:
        """The whole lesson."""
        for number in range(len(self._sections)):
            yield from self._section(number)
        self._next = len(self._sections)

    def titles(self) -> Iterator[str]:
        """What the sections are about."""
        for number, section in enumerate(self._sections, start=1):
            yield f"{number}: {section.title}"

    def task(self, questions: Sequence[Question]) -> Iterator[str]:
        """What is asked, with the learner's own questions."""
        yield from self._section(len(self._sections) - 1)
        for number, question in enumerate(questions, start=1):
            yield from (f"Question {number}.", *text_lines(question.prompt), "")

    def drawing(self, typed: str) -> tuple[str, ...]:
        """The words in a drawing.

        Raises:
            UsageError: there is no such drawing.
        """
        drawings = [block for section in self._sections for block in section.blocks if isinstance(block, Drawing)]
        if not drawings:
            raise UsageError("this lesson has no drawing")
        return drawings[number_in(typed, len(drawings), "drawing") - 1].lines

    def _section(self, place: int) -> Iterator[str]:
        before, section = self._sections[:place], self._sections[place]
        drawings = sum(isinstance(block, Drawing) for one in before for block in one.blocks)
        yield f"Section {place + 1} of {len(self._sections)}: {section.title}"
        for block in section.blocks:
            yield ""
            if isinstance(block, Drawing):
                drawings += 1
                yield f"A drawing is passed over here. For the words in it: drawing {drawings}"
            else:
                yield from block.lines
        yield ""
