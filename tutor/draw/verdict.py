"""A verdict as a learner reads it: what was checked, what is wrong, what it looks like, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SQUARE
from rich.columns import Columns
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.draw.engine_words import is_about_numbers, measured, message_of, shown_name, shown_status, what_to_tell
from tutor.draw.plain import without_controls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from tutor.verdict import CheckResult, Counterexample, SideBySide, Verdict, Window

MARKS = {
    "pass": ("✓", "green"),
    "fail": ("✗", "red"),
    "error": ("✗", "red"),
    "timeout": ("✗", "red"),
    "skip": ("–", "dim"),
    "unfilled": ("·", "yellow"),
    "unwritten": ("·", "yellow"),
}
WORDS = {
    "pass": "passed",
    "fail": "failed",
    "error": "error",
    "timeout": "timed out",
    "skip": "not run",
    "unfilled": "not filled in",
    "unwritten": "not written",
}
HEADLINES = {
    "pass": ("Passed", "bold green"),
    "fail": ("Not yet", "bold red"),
    "error": ("Error", "bold red"),
    "timeout": ("Timed out", "bold red"),
    "not_started": ("Not started", "bold yellow"),
    "grader_error": ("The grader could not judge", "bold yellow"),
}
MAX_CODE_LINES = 24
MAX_PRINTED_LINES = 6
MAX_CHANNELS = 4
MAX_WINDOW_ROWS = 12
PADDING_SIGN = "·"


def verdict_view(
    verdict: Verdict, source: str = "", *, why_first: bool = False, all_printed: bool = False
) -> RenderableType:
    """The whole verdict.

    Args:
        verdict: what to show.
        source: the text that was judged, where it is known: some words name what stands in it.
        why_first: put what is wrong before the checks: where only the beginning may be seen. Printed, the end is seen.
        all_printed: show all that the submission has printed, not the first lines alone.
    """
    headline = _headline(verdict)
    if verdict.verdict in ("not_started", "grader_error"):
        return Group(headline, _theirs(verdict.message))
    why, checks = _why(verdict, source, all_printed=all_printed), _checks(verdict)
    if why_first and why:
        return Group(headline, *why, Padding(checks, (1, 0, 0, 0)))
    return Group(headline, checks, *why)


def _why(verdict: Verdict, source: str, *, all_printed: bool) -> list[RenderableType]:
    """What is wrong, what it looks like, where it shows, and how numbers are compared."""
    parts: list[RenderableType] = [_indented(_theirs(says)) for says in measured(verdict)]
    failed = what_to_tell(verdict)
    if verdict.looks_like:
        parts.append(_indented(Text.assemble(("Looks like ", "bold"), verdict.looks_like)))
    if verdict.message:
        parts.append(_indented(_theirs(verdict.message)))
    elif failed:
        parts.append(_indented(_theirs(message_of(failed, verdict, source))))
    if failed and failed.counterexample:
        parts.append(_indented(counterexample_view(failed.counterexample)))
    if verdict.printed.strip():
        parts.append(_indented(_printed(verdict, all_of_it=all_printed)))
    if is_about_numbers(verdict):
        parts.append(_indented(Text(f"How numbers are compared: {verdict.tolerance['says']}", "dim")))
    return parts


def _printed(verdict: Verdict, *, all_of_it: bool) -> RenderableType:
    """What the submission has printed, in all checks together: one print() may come to dozens of lines."""
    lines = verdict.printed.rstrip().splitlines()
    rest = 0 if all_of_it else len(lines) - MAX_PRINTED_LINES
    shown = lines[:MAX_PRINTED_LINES] if rest > 1 else lines
    parts = [Text("Your program printed:", "bold"), _theirs("\n".join(shown))]
    if rest > 1:
        parts.append(Text(f"… {rest} more lines: cnn-tutor check {verdict.number} --printed", "dim"))
    return Group(*parts)


def counterexample_view(example: Counterexample) -> RenderableType:
    """A counterexample: the calls, and the first place where the submission differs."""
    # It takes longer to import than all else here, and most of what is drawn has no program in it.
    from rich.syntax import Syntax

    lines = without_controls(example.python).splitlines()
    if len(lines) > MAX_CODE_LINES:
        lines = [*lines[:MAX_CODE_LINES], "…"]
    place = "[" + ", ".join(map(str, example.index)) + "]" if example.index else ""
    expected = Table.grid(padding=(0, 1))
    expected.add_row("expected", _theirs(example.expected, "green"))
    expected.add_row("got", _theirs(example.got, "red"))
    code = Syntax("\n".join(lines), "python", background_color="default", word_wrap=True, theme="ansi_dark")
    parts: list[RenderableType] = [Text("The smallest case that fails:", "bold"), Padding(code, (0, 0, 0, 2))]
    parts += [Text.assemble(("▸ ", "red"), (f"{example.name}{place}", "bold")), Padding(expected, (0, 0, 0, 2))]
    if example.around is not None:
        parts.append(Padding(SideBySideView(example.around), (0, 0, 0, 2)))
    if example.window is not None:
        parts.append(Padding(WindowView(example.window), (0, 0, 0, 2)))
    return Group(*parts)


class SideBySideView:
    """What was expected beside what came, or above it; what differs has brackets, and a colour of its own."""

    def __init__(self, both: SideBySide) -> None:
        self._both = both

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the width that there is."""
        both = self._both
        yield Text.assemble((without_controls(both.says), "bold"), ":")
        yield Columns(
            [
                _table("expected", _marked(both.expected, both.differs, "bold green"), options.max_width),
                _table("got", _marked(both.got, both.differs, "bold red"), options.max_width),
            ],
            padding=(0, 2),
        )


def _marked(rows: tuple[tuple[str, ...], ...], differs: tuple[tuple[bool, ...], ...], style: str) -> list[list[Text]]:
    return [
        [Text(f"({entry})", style) if marked else Text(f" {entry} ") for entry, marked in zip(*row, strict=True)]
        for row in zip(rows, differs, strict=True)
    ]


class WindowView:
    """The part of the input that the differing element comes from: a small table for each channel.

    Tables stand side by side where there is room. One that is wider than the terminal loses columns at its right, one
    that is very long loses rows, and both are said.
    """

    def __init__(self, window: Window) -> None:
        self._window = window

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the width that there is."""
        yield Text.assemble("It comes from ", (self._window.says, "bold"), ":")
        shown = self._window.channels[:MAX_CHANNELS]
        yield Columns(
            [
                _channel(number, table, options.max_width)
                for number, table in enumerate(shown, self._window.first_channel)
            ],
            padding=(0, 2),
        )
        if len(self._window.channels) > len(shown):
            yield Text(f"… and {len(self._window.channels) - len(shown)} more channels", "dim")


def _channel(number: int, rows: tuple[tuple[str, ...], ...], max_width: int) -> RenderableType:
    entries = [[Text(entry, "dim" if entry == PADDING_SIGN else "") for entry in row] for row in rows]
    return _table(f"channel {number}", entries, max_width)


def _table(title: str, rows: Sequence[Sequence[Text]], max_width: int) -> RenderableType:
    """A small table; one that is too wide or too long loses columns or rows, and says so."""
    cells = max((len(entry) for row in rows for entry in row), default=1)
    # A column takes its widest entry and the gap before it.
    columns = max(1, (max_width - len("│ … │")) // (cells + 1))
    cut_columns, cut_rows = len(rows[0]) > columns if rows else False, len(rows) > MAX_WINDOW_ROWS
    table = Table(box=SQUARE, show_header=False, padding=0, pad_edge=False, collapse_padding=True)
    table.add_column(no_wrap=True)
    for row in rows[:MAX_WINDOW_ROWS]:
        line = Text()
        for entry in row[:columns]:
            line.append(" " * (cells + 1 - len(entry))).append_text(entry)
        table.add_row(line.append(" …" if cut_columns else " "))
    if cut_rows:
        table.add_row(Text("⋮"))
    return Group(Text(title, "dim"), table)


def _headline(verdict: Verdict) -> Text:
    says, style = HEADLINES[shown_name(verdict)]
    name = f"  {verdict.number} {verdict.exercise}"
    return Text.assemble((says, style), name, (f"  {verdict.score:g} of {verdict.max_score:g} points", "dim"))


def _checks(verdict: Verdict) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, justify="right")
    for check in verdict.checks:
        table.add_row(*_row(check))
    return table


def _row(check: CheckResult) -> tuple[Text, Text, Text, Text]:
    stands = shown_status(check)
    mark, style = MARKS[stands]
    points = f"{check.points:g}/{check.max_points:g}"
    return Text(f" {mark}", style), Text(check.says), Text(WORDS[stands], style), Text(points, "dim")


def _theirs(text: str, style: str = "") -> Text:
    """A text that a submission may have a hand in."""
    return Text(without_controls(text), style)


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (1, 0, 0, 3))
