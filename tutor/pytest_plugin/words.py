"""What a failed check says: the verdict, in the words that every face has for it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.draw import linear
from tutor.draw.engine_words import message_of
from tutor.draw.plain import in_one_line

if TYPE_CHECKING:
    from tutor.verdict import CheckResult, Verdict

COLUMNS = 80
"""The same in every process, and where a program reads it."""


def failure(verdict: Verdict, check: CheckResult, source: str) -> tuple[str, str]:
    """Why a check did not pass: in a line, which is what a summary shows, and as the verdict tells it."""
    told = _about(verdict, check)
    return in_brief(told, check, source), in_full(told, source)


def in_brief(verdict: Verdict, check: CheckResult, source: str) -> str:
    """Why a check did not pass, in a line."""
    if verdict.looks_like:
        return in_one_line(f"looks like {verdict.looks_like}")
    why = verdict.message or message_of(check, verdict, source) or check.says
    return in_one_line(why.strip().partition("\n")[0])


def in_full(verdict: Verdict, source: str) -> str:
    """A verdict as ``cnn-tutor check`` tells it, without colours."""
    if linear.is_wanted():
        from tutor.draw.linear.verdict import verdict_lines

        return "\n".join(verdict_lines(verdict, source))
    from rich.console import Console

    from tutor.draw.verdict import verdict_view

    said = io.StringIO()
    Console(file=said, width=COLUMNS, color_system=None, force_terminal=False, highlight=False).print(
        verdict_view(verdict, source)
    )
    return "\n".join(line.rstrip() for line in said.getvalue().rstrip().splitlines())


def _about(verdict: Verdict, check: CheckResult) -> Verdict:
    """What of a verdict is about one check: all of it where another check or something else decides."""
    if check.status in ("pass", "skip") or verdict.message:
        return verdict
    is_its = check.misconception in (None, verdict.misconception)
    return replace(verdict, checks=(check,), looks_like=verdict.looks_like if is_its else "")
