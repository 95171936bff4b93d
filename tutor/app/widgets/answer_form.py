"""The form of a compute exercise: a field for every number that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from tutor.app.messages import AnswerEdited
from tutor.app.widgets.answer_view import AnswerView
from tutor.clipping import clipped
from tutor.course.answer_file import (
    Cells,
    Index,
    UnreadableAnswers,
    WrittenAnswer,
    cell_fault,
    indices,
    read_answers,
    write_answers,
)
from tutor.draw.engine_words import shown_status
from tutor.draw.plain import in_one_line, without_controls

if TYPE_CHECKING:
    from rich.text import Text
    from textual.app import ComposeResult

    from tutor.course import NamedBlank, Question
    from tutor.verdict import CheckResult, Verdict

CELL_WIDTH = 11
MARK_WIDTH = 2
WRONG, OPEN, FAULTY = "✗", "·", "!"
BY_HAND_LENGTH = 200


class _Drawable(Highlighter):
    """Draws a text without what a terminal would obey; what is typed stays as it is."""

    def highlight(self, text: Text) -> None:
        text.plain = in_one_line(text.plain)


class Cell(Input):
    """One entry of a blank. The arrow keys leave it at its ends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", "The entry above", show=False),
        Binding("down,enter", "move(1, 0)", "The entry below", show=False),
    ]

    class Left(Message):
        """The cursor wants to go to the neighbour in this direction."""

        def __init__(self, cell: Cell, rows: int, columns: int) -> None:
            super().__init__()
            self.cell = cell
            self.rows = rows
            self.columns = columns

    def __init__(self, blank: str, index: Index) -> None:
        super().__init__(compact=True, select_on_focus=False, placeholder="·", highlighter=_Drawable())
        self.blank = blank
        self.index = index
        self.mark = Static("", classes="mark", markup=False)
        self._sign = ""

    def action_move(self, rows: int, columns: int) -> None:
        """Go to a neighbour."""
        self.post_message(self.Left(self, rows, columns))

    def action_cursor_left(self, select: bool = False) -> None:
        """Within the text, or to the entry on the left."""
        if not select and self.cursor_position == 0:
            self.action_move(0, -1)
        else:
            super().action_cursor_left(select)

    def action_cursor_right(self, select: bool = False) -> None:
        """Within the text, or to the entry on the right."""
        if not select and self.cursor_position == len(self.value):
            self.action_move(0, 1)
        else:
            super().action_cursor_right(select)

    def set_mark(self, sign: str) -> None:
        """Mark the entry as wrong or faulty, or take the mark away."""
        if sign == self._sign:
            return
        self._sign = sign
        self.set_class(sign == WRONG, "-wrong")
        self.set_class(sign == FAULTY, "-faulty")
        self.mark.set_classes(f"mark {'-wrong' if sign == WRONG else '-faulty' if sign else ''}")
        self.mark.update(sign)


class BlankField(Vertical):
    """A blank's label and its entries: one, a row, or a table."""

    def __init__(self, blank: NamedBlank) -> None:
        super().__init__()
        self.blank = blank
        self.cells = {index: Cell(blank.name, index) for index in indices(blank.shape)}
        self._note = Static("", classes="note", markup=False)

    def compose(self) -> ComposeResult:
        """Label, grid, note."""
        yield Static(f"[b]{self.blank.name}[/b]  [$secondary]{self.blank.label}[/]", classes="label")
        columns = self.blank.shape[-1] if self.blank.shape else 1
        rows = len(self.cells) // columns
        with Grid() as grid:
            grid.styles.grid_size_columns = 2 * columns
            grid.styles.grid_columns = " ".join([str(CELL_WIDTH), str(MARK_WIDTH)] * columns)
            grid.styles.width = (CELL_WIDTH + MARK_WIDTH) * columns
            grid.styles.height = rows
            for cell in self.cells.values():
                yield cell
                yield cell.mark
        yield self._note

    def load(self, written: WrittenAnswer) -> None:
        """Show what the file says for this blank."""
        for index, cell in self.cells.items():
            with cell.prevent(Input.Changed):
                cell.value = written.cells.get(index, "")
            cell.set_mark("")
        by_hand = clipped(written.by_hand, BY_HAND_LENGTH)
        self._say(f"The file says `{by_hand}`; an answer here takes its place." if by_hand else "")

    def typed(self) -> Cells:
        """What the entries hold."""
        return {index: cell.value for index, cell in self.cells.items()}

    def fault(self) -> str:
        """Mark the entries that are no Python and say why; returns the first reason."""
        faults = {index: cell_fault(cell.value) for index, cell in self.cells.items()}
        for index, fault in faults.items():
            if fault:
                self.cells[index].set_mark(FAULTY)
        first = next(filter(None, faults.values()), "")
        self._say(f"{FAULTY} {first}" if first else "")
        return first

    def _say(self, words: str) -> None:
        self._note.update(without_controls(words))
        self._note.display = bool(words)


class QuestionField(Vertical):
    """A question in words, its blanks, and what the last check said of it."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self._said = Static("", classes="said", markup=False)

    def compose(self) -> ComposeResult:
        """Title, prompt, blanks, verdict."""
        yield Static(f"Question {self.question.name.removeprefix('q')}", classes="question")
        yield Static(self.question.prompt, classes="prompt", markup=False)
        for blank in self.question.blanks:
            yield BlankField(blank)
        yield self._said

    def show_result(self, result: CheckResult | None) -> None:
        """Say how the check of this question ended."""
        self._said.display = result is not None
        self._said.set_class(result is not None and result.status == "pass", "-right")
        if result is not None:
            sign = OPEN if shown_status(result) == "unfilled" else WRONG
            words = without_controls(result.message) or "not yet right"
            self._said.update("✓ right" if result.status == "pass" else f"{sign} {words}")


class AnswerForm(AnswerView):
    """All questions of a compute exercise as one form over the learner's file."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        super().__init__()
        self._questions = questions
        self._blanks = [blank for question in questions for blank in question.blanks]
        self._source = ""
        self._unreadable = ""

    def compose(self) -> ComposeResult:
        """The questions, or why they cannot be shown."""
        with VerticalScroll(can_focus=False):
            yield Static("", id="unreadable", markup=False)
            for question in self._questions:
                yield QuestionField(question)

    def load(self, text: str) -> None:
        """Fill the fields from the file."""
        self._source = text
        try:
            answers = read_answers(text, self._blanks)
            self._unreadable = ""
        except UnreadableAnswers as error:
            answers = {}
            self._unreadable = str(error)
        for field in self.query(BlankField):
            field.load(answers.get(field.blank.name, WrittenAnswer({})))
        notice = self.query_one("#unreadable", Static)
        notice.display = bool(self._unreadable)
        notice.update(
            f"{FAULTY} The file is no Python any more, so its answers cannot be shown.\n"
            f"{without_controls(self._unreadable)}\n\n"
            "Mend it in the editor that you used, and it is read again. Or lay down the starter (F7); "
            "what is there now is kept."
        )
        for question in self.query(QuestionField):
            question.display = not self._unreadable
            question.show_result(None)

    def text(self) -> str:
        """The file with what is typed; what is no Python yet is left out."""
        if self._unreadable:
            return self._source
        typed = {field.blank.name: _sound(field.typed()) for field in self.query(BlankField)}
        return write_answers(self._source, self._blanks, typed)

    def fault(self) -> str:
        """The first entry that is no Python."""
        faults = [field.fault() for field in self.query(BlankField)]
        return next(filter(None, faults), "")

    @property
    def unanswered(self) -> int:
        """How many entries are empty."""
        return sum(not cell.value.strip() for cell in self.query(Cell))

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Mark the wrong entries, and say under each question how it stands."""
        judged = verdict is not None and verdict.verdict in ("pass", "fail")
        results = {result.id: result for result in verdict.checks} if verdict and judged else {}
        wrong = {(value.blank, value.index) for result in results.values() for value in result.wrong_values}
        for cell in self.query(Cell):
            cell.set_mark(WRONG if (cell.blank, cell.index) in wrong else "")
        for question in self.query(QuestionField):
            question.show_result(results.get(question.question.name))

    def begin(self) -> None:
        """Go to the first entry that is wrong, else the first that is empty."""
        cells = list(self.query(Cell))
        wrong = (cell for cell in cells if cell.has_class("-wrong"))
        empty = (cell for cell in cells if not cell.value.strip())
        cell = next(wrong, None) or next(empty, None) or (cells[0] if cells else None)
        if cell is not None and not self._unreadable:
            cell.focus()

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        if isinstance(event.input, Cell):
            event.input.set_mark("")
        self.post_message(AnswerEdited())

    @on(Cell.Left)
    def _move(self, event: Cell.Left) -> None:
        event.stop()
        cells = list(self.query(Cell))
        if event.columns:
            target = cells.index(event.cell) + event.columns
            if 0 <= target < len(cells):
                self.screen.set_focus(cells[target])
                cells[target].cursor_position = 0 if event.columns > 0 else len(cells[target].value)
        elif (below := _row_neighbour(cells, event.cell, event.rows)) is not None:
            self.screen.set_focus(below)


def _sound(cells: Cells) -> Cells:
    return {index: text for index, text in cells.items() if not cell_fault(text)}


def _row_neighbour(cells: list[Cell], cell: Cell, step: int) -> Cell | None:
    """The entry above or below: in the same column of the next row, across the blanks."""
    rows: dict[tuple[str, Index], list[Cell]] = {}
    for other in cells:
        rows.setdefault((other.blank, other.index[:-1]), []).append(other)
    keys = list(rows)
    position = keys.index((cell.blank, cell.index[:-1])) + step
    if not 0 <= position < len(keys):
        return None
    row = rows[keys[position]]
    column = cell.index[-1] if cell.index else 0
    return row[min(column, len(row) - 1)]
