"""A verdict as a learner reads it: what was checked, what is wrong, what it looks like, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tutor.verdict import CheckResult, Counterexample, Verdict

MARKS = {
    "pass": ("✓", "green"),
    "fail": ("✗", "red"),
    "error": ("✗", "red"),
    "timeout": ("✗", "red"),
    "skip": ("–", "dim"),
}
WORDS = {"pass": "passed", "fail": "failed", "error": "error", "timeout": "timed out", "skip": "not run"}
HEADLINES = {
    "pass": ("Passed", "bold green"),
    "fail": ("Not yet", "bold red"),
    "error": ("Error", "bold red"),
    "timeout": ("Timed out", "bold red"),
    "not_started": ("Not started", "bold yellow"),
    "grader_error": ("The grader could not judge", "bold yellow"),
}
MAX_CODE_LINES = 24


def verdict_view(verdict: Verdict) -> RenderableType:
    """The whole verdict."""
    parts: list[RenderableType] = [_headline(verdict)]
    if verdict.verdict in ("not_started", "grader_error"):
        return Group(*parts, Text(verdict.message))
    parts.append(_checks(verdict))
    failed = next((check for check in verdict.checks if check.status in ("fail", "error")), None)
    if verdict.looks_like:
        parts.append(_indented(Text.assemble(("Looks like ", "bold"), verdict.looks_like)))
    if verdict.message:
        parts.append(_indented(Text(verdict.message)))
    elif failed:
        parts.append(_indented(Text(failed.message)))
    if failed and failed.counterexample:
        parts.append(_indented(counterexample_view(failed.counterexample)))
    if verdict.printed.strip():
        parts.append(_indented(Group(Text("Your program printed:", "bold"), Text(verdict.printed.rstrip()))))
    if not verdict.passed:
        parts.append(_indented(Text(f"How numbers are compared: {verdict.tolerance['says']}", "dim")))
    return Group(*parts)


def counterexample_view(example: Counterexample) -> RenderableType:
    """A counterexample: the calls, and the first place where the submission differs."""
    lines = example.python.splitlines()
    if len(lines) > MAX_CODE_LINES:
        lines = [*lines[:MAX_CODE_LINES], "…"]
    place = "[" + ", ".join(map(str, example.index)) + "]" if example.index else ""
    expected = Table.grid(padding=(0, 1))
    expected.add_row(f"{example.name}{place}", "expected", Text(example.expected, "green"))
    expected.add_row("", "got", Text(example.got, "red"))
    code = Syntax("\n".join(lines), "python", background_color="default", word_wrap=True, theme="ansi_dark")
    return Group(Text("The smallest case that fails:", "bold"), Padding(code, (0, 0, 0, 2)), expected)


def _headline(verdict: Verdict) -> Text:
    says, style = HEADLINES[verdict.verdict]
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
    mark, style = MARKS[check.status]
    points = f"{check.points:g}/{check.max_points:g}"
    return Text(f" {mark}", style), Text(check.says), Text(WORDS[check.status], style), Text(points, "dim")


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (1, 0, 0, 3))
