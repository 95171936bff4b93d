"""The editor of an implement exercise: the learner's program with line numbers and Python's colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token  # type: ignore[import-untyped]
from rich.style import Style
from rich.text import Span, Text
from textual import on
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widgets import TextArea

from tutor.app.messages import AnswerEdited
from tutor.app.widgets.answer_view import AnswerView
from tutor.draw.engine_words import what_to_tell
from tutor.draw.plain import without_controls

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.app import ComposeResult
    from textual.events import Key
    from textual.strip import Strip
    from textual.theme import Theme
    from textual.timer import Timer

    from tutor.verdict import Verdict


INDENT = "    "
COLOUR_AFTER_S = 0.2
"""So long after the last key a line that has changed gets its own colours."""
WIDTH_STEP = 20
KEPT_STRIPS = 1000
OPEN_BRACKET = re.compile(r"[(\[{][^)\]}]*$")


class CodeAnswer(AnswerView):
    """The learner's program in a text area.

    The area has one kind of line ending, and breaks lines at some other characters too: as long as nothing is changed
    in it, the text is the one that was loaded.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loaded = ""
        self._shown = ""
        """What the area made of it."""

    def compose(self) -> ComposeResult:
        """The text area."""
        yield PythonArea(
            soft_wrap=False, tab_behavior="indent", show_line_numbers=True, max_checkpoints=200, compact=True
        )

    def load(self, text: str) -> None:
        """Show a text; the cursor stays on its line where there is such a line."""
        area = self.query_one(PythonArea)
        if self.text() != text:
            row = area.cursor_location[0]
            with area.prevent(TextArea.Changed):
                area.load_text(text)
            area.move_cursor((min(row, area.document.line_count - 1), 0))
            self._loaded, self._shown = text, area.text

    def text(self) -> str:
        """The text as it stands."""
        shown = self.query_one(PythonArea).text
        return self._loaded if shown == self._shown else shown

    def fault(self) -> str:
        """A program may be saved whatever it says."""
        return ""

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Mark the line of the program that raised, where one did."""
        self.query_one(PythonArea).mark_line(None if verdict is None else line_that_raised(verdict))

    def begin(self) -> None:
        """Put the cursor into the text."""
        self.query_one(PythonArea).focus()

    @on(TextArea.Changed)
    def _edited(self, event: TextArea.Changed) -> None:
        event.stop()
        # The line may be another one now, or mended.
        self.show_verdict(None)
        self.post_message(AnswerEdited())


class PythonArea(TextArea, inherit_bindings=False):
    """A text area that colours Python, without tree-sitter, and draws no control characters.

    Leaves F6 and F7 to the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in TextArea.BINDINGS if not (isinstance(binding, Binding) and binding.key in ("f6", "f7"))
    ]

    def on_mount(self) -> None:
        """Keep the colours those of the theme."""
        self._lines: list[Text] = []
        """With their colours."""
        self._is_stale = True
        """Whether the text has changed since."""
        self._until_coloured: Timer | None = None
        self._strips: dict[Hashable, Strip] = {}
        self._marked: int | None = None
        self.app.theme_changed_signal.subscribe(self, self._forget_colours)

    async def _on_key(self, event: Key) -> None:
        # Whatever TextArea itself does with the key is not done then.
        if event.key == "enter" and not self.read_only:
            event.stop()
            event.prevent_default()
            row, column = self.selection.start if self.selection.start < self.selection.end else self.selection.end
            self.replace("\n" + indentation_below(self.document.get_line(row)[:column]), *self.selection)

    def mark_line(self, number: int | None) -> None:
        """Underline a line, counted from 1; None takes the mark away."""
        if number != self._marked:
            self._marked = number
            self.notify_style_update()

    def get_line(self, line_index: int) -> Text:
        """One line with its colours, as it is drawn."""
        line = self._coloured_line(line_index)
        if self._marked == line_index + 1:
            line.stylize("bold underline red")
        return line

    def _coloured_line(self, line_index: int) -> Text:
        if self._is_stale:
            self._is_stale = False
            self._follow_text()
        # Character for character, so that the cursor stands where it is.
        plain = Text(without_controls(self.document.get_line(line_index)), end="", no_wrap=True)
        if line_index < len(self._lines) and self._lines[line_index].plain == plain.plain:
            return self._lines[line_index].copy()
        return plain

    def _follow_text(self) -> None:
        """Colour the text; where one line has changed, as in typing, by what it was, until nothing is typed."""
        program = list(map(without_controls, self.document.lines))
        changed = [row for row, (line, old) in enumerate(zip(program, self._lines, strict=False)) if line != old.plain]
        if len(program) != len(self._lines) or len(changed) > 1:
            self._colour()
        for row in changed[:1]:
            self._lines[row] = _as_before(self._lines[row], program[row])
            if self._until_coloured is not None:
                self._until_coloured.stop()
            self._until_coloured = self.set_timer(COLOUR_AFTER_S, self._colour_anew)

    def _colour(self) -> None:
        program = "\n".join(map(without_controls, self.document.lines))
        self._lines = _coloured_lines(program, self.app.current_theme)

    def _colour_anew(self) -> None:
        self._until_coloured = None
        before = [line.spans for line in self._lines]
        self._colour()
        if before != [line.spans for line in self._lines]:
            self._line_cache.clear()
            self.refresh()

    def _build_highlight_map(self) -> None:
        # TextArea calls this whenever its text has changed, and has no other word for it before it draws.
        super()._build_highlight_map()
        self._is_stale = True

    def _refresh_size(self) -> None:
        # In steps: a line that grows would have the whole screen laid out anew at every key.
        width, height = self.document.get_size(self.indent_width)
        steps = -(-(width + self.gutter_width + 1) // WIDTH_STEP)
        self.virtual_size = Size(steps * WIDTH_STEP, height)
        self._refresh_scrollbars()

    def _render_line(self, y: int) -> Strip:
        # TextArea draws all lines anew after every key; those that the key has not touched are the same.
        row = y + self.scroll_offset.y
        first, last = sorted((self.selection.start[0], self.selection.end[0]))
        bracket = self._matching_bracket_location
        if row >= self.document.line_count or first <= row <= last or (bracket is not None and bracket[0] == row):
            return super()._render_line(y)
        line = self.get_line(row)
        key = (row, line.plain, *line.spans, self.scroll_offset.x, self.size, self.virtual_size.width, self.has_focus)
        if key not in self._strips:
            if len(self._strips) >= KEPT_STRIPS:
                self._strips.clear()
            self._strips[key] = super()._render_line(y)
        return self._strips[key]

    def _forget_colours(self, _: Theme) -> None:
        self._lines = []
        self._is_stale = True
        self._strips.clear()
        self.notify_style_update()


def indentation_below(line: str) -> str:
    """What the line below begins with: as far in as this one, further behind a colon, back after a return.

    Args:
        line: as far as to where it is broken.
    """
    inner = line.strip()
    indentation = line[: len(line) - len(line.lstrip())]
    code = inner.partition("#")[0].rstrip()
    if code.endswith(":"):
        return indentation + INDENT
    if re.match(r"(return|raise|pass|break|continue)\b", code) and not OPEN_BRACKET.search(code):
        return indentation.removesuffix(INDENT)
    return indentation


def line_that_raised(verdict: Verdict) -> int | None:
    """The line of the learner's file where the check that is told of ended, counted from 1; None where it did not."""
    told = what_to_tell(verdict)
    words = verdict.message or (told.message if told else "")
    lines = re.findall(r"^  line (\d+): ", words, re.MULTILINE)
    return int(lines[-1]) if lines else None


def _as_before(coloured: Text, line: str) -> Text:
    """A line that has changed, with the colours that it had; what is new in it continues those before it."""
    old = coloured.plain
    shorter = min(len(old), len(line))
    start = next((place for place in range(shorter) if old[place] != line[place]), shorter)
    longer = len(line) - len(old)
    spans = [
        Span(
            span.start if span.start < start else span.start + longer,
            span.end if span.end < start else max(span.end + longer, start),
            span.style,
        )
        for span in coloured.spans
    ]
    return Text(line, spans=[span for span in spans if span.end > span.start], end="", no_wrap=True)


def _coloured_lines(program: str, theme: Theme) -> list[Text]:
    styles = _styles(theme)
    text = Text(end="", no_wrap=True)
    for kind, words in PythonLexer(stripnl=False, ensurenl=False).get_tokens(program):
        text.append(words, _style_of(kind, styles))
    lines = list(text.split("\n", allow_blank=True))
    for line in lines:
        line.end, line.no_wrap = "", True
    return lines


def _styles(theme: Theme) -> dict[Any, Style]:
    def coloured(colour: str | None, *, bold: bool = False, italic: bool = False) -> Style:
        # The themes of the terminal's own colours name them in a way that only Textual knows.
        return Style(color=colour if colour and colour.startswith("#") else None, bold=bold, italic=italic)

    return {
        Token: Style(),
        Comment: coloured(theme.secondary, italic=True),
        Keyword: coloured(theme.primary, bold=True),
        Operator.Word: coloured(theme.primary, bold=True),
        String: coloured(theme.success),
        Number: coloured(theme.accent),
        Name.Builtin: coloured(theme.primary),
        Name.Builtin.Pseudo: Style(italic=True),
        Name.Class: coloured(theme.accent, bold=True),
        Name.Function: coloured(theme.accent, bold=True),
        Name.Decorator: coloured(theme.warning),
    }


def _style_of(kind: Any, styles: dict[Any, Style]) -> Style:
    while kind not in styles:
        kind = kind.parent
    return styles[kind]
