"""A verdict in sentences: check by check, then what is wrong, and where it shows, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.draw.engine_words import is_about_numbers, measured, message_of, shown_name, shown_status, what_to_tell
from tutor.draw.linear.signs import spoken
from tutor.draw.plain import without_controls
from tutor.draw.verdict import (
    HEADLINES,
    MAX_CHANNELS,
    MAX_CODE_LINES,
    MAX_PRINTED_LINES,
    MAX_WINDOW_ROWS,
    PADDING_SIGN,
    WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.verdict import CheckResult, Counterexample, SideBySide, Verdict, Window


def verdict_lines(verdict: Verdict, source: str = "", *, all_printed: bool = False) -> list[str]:
    """The whole verdict; arguments as for :func:`tutor.draw.verdict.verdict_view`."""
    says, _ = HEADLINES[shown_name(verdict)]
    lines = [f"{says}: exercise {verdict.number}, {verdict.exercise}, {_points(verdict.score, verdict.max_score)}."]
    if verdict.verdict in ("not_started", "grader_error"):
        return [*lines, *_theirs(verdict.message)]
    lines += [_check(check) for check in verdict.checks if check.status != "skip"]
    if skipped := sum(check.status == "skip" for check in verdict.checks):
        lines.append("One check was not run." if skipped == 1 else f"{skipped} checks were not run.")
    lines += [line for says in measured(verdict) for line in _theirs(says)]
    failed = what_to_tell(verdict)
    if verdict.looks_like:
        lines.append(f"It looks like this: {spoken(verdict.looks_like)}")
    if verdict.message:
        lines += _theirs(verdict.message)
    elif failed:
        lines += _theirs(message_of(failed, verdict, source))
    if failed and failed.counterexample:
        lines += _counterexample(failed.counterexample)
    if verdict.printed.strip():
        lines += _printed(verdict, all_of_it=all_printed)
    if is_about_numbers(verdict):
        lines.append(f"How numbers are compared: {spoken(verdict.tolerance['says'])}")
    return lines


def _check(check: CheckResult) -> str:
    says = spoken(check.says).rstrip(".")
    return f"{says}: {WORDS[shown_status(check)]}, {_points(check.points, check.max_points)}."


def _points(got: float, of: float) -> str:
    return f"{got:g} of {of:g} {'point' if of == 1 else 'points'}"


def _counterexample(example: Counterexample) -> Iterator[str]:
    lines = without_controls(example.python).splitlines()
    yield "The smallest case that fails, in Python:"
    yield from lines[:MAX_CODE_LINES]
    if len(lines) > MAX_CODE_LINES:
        yield f"and {len(lines) - MAX_CODE_LINES} lines more."
    place = f" at index {', '.join(map(str, example.index))}" if example.index else ""
    yield f"There, {example.name}{place}:"
    yield from _theirs(f"expected {example.expected}")
    yield from _theirs(f"got {example.got}")
    if example.around is not None:
        yield from _around(example.around)
    if example.window is not None:
        yield from _window(example.window)


def _around(both: SideBySide) -> Iterator[str]:
    """What was expected and what came, row by row; of a row that is right, that it is."""
    yield f"Around it, {without_controls(both.says)}:"
    for number, (expected, got, differs) in enumerate(zip(both.expected, both.got, both.differs, strict=True), start=1):
        if any(differs):
            columns = ", ".join(str(column) for column, is_off in enumerate(differs, start=1) if is_off)
            yield f"row {number}, off in column {columns}: expected {', '.join(expected)}; got {', '.join(got)}"
        else:
            yield f"row {number}, right: {', '.join(got)}"


def _window(window: Window) -> Iterator[str]:
    # Padding is called by its name here, and needs no key.
    says = window.says.removesuffix(f"; {PADDING_SIGN} is padding")
    yield f"It comes from {spoken(says)}:"
    for number, rows in enumerate(window.channels[:MAX_CHANNELS], window.first_channel):
        for place, row in enumerate(rows[:MAX_WINDOW_ROWS], start=1):
            entries = ("padding" if entry == PADDING_SIGN else entry for entry in row)
            yield f"channel {number}, row {place}: {', '.join(entries)}"
        if len(rows) > MAX_WINDOW_ROWS:
            yield f"and {len(rows) - MAX_WINDOW_ROWS} rows more."
    if len(window.channels) > MAX_CHANNELS:
        yield f"and {len(window.channels) - MAX_CHANNELS} channels more."


def _printed(verdict: Verdict, *, all_of_it: bool) -> list[str]:
    lines = without_controls(verdict.printed).rstrip().splitlines()
    rest = 0 if all_of_it else len(lines) - MAX_PRINTED_LINES
    more = [f"and {rest} lines more: cnn-tutor check {verdict.number} --printed"] if rest > 1 else []
    return ["Your program printed:", *(lines[:MAX_PRINTED_LINES] if more else lines), *more]


def _theirs(text: str) -> list[str]:
    """A text that a submission may have a hand in."""
    return spoken(without_controls(text)).splitlines()
