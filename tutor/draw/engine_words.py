"""What the engine says of a check, where a learner is told it in other words.

The verdict's data has one shape for all programs that read it: a question that nobody has touched "failed", and a
function that is still the starter's "raised". Which of them it was is told here by the engine's own words; whatever
does not fit them is left as it is.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal

NO_SOLUTIONS = "This course has no solutions: your instructor has them."

if TYPE_CHECKING:
    from tutor.verdict import CheckResult, CheckStatus, Verdict, VerdictName

Shown = Literal["unfilled", "unwritten"]

UNFILLED = " is not filled in yet"
UNWRITTEN = re.compile(
    r"your code raised NotImplementedError(?:: (?P<says>[^\n]*))?(?:\n  line [^\n]*)*"
    r"\n  line (?P<line>\d+): raise NotImplementedError\b[^\n]*"
)
MISSING = re.compile(r"there is no (\w+) in the file")
BLANK = re.compile(r"q\d+(_\w+)?")
SHOWN_BLANKS = 2
"""How many blanks of a question are told in full where the rest says no more."""


def shown_status(check: CheckResult) -> CheckStatus | Shown:
    """How a check ended as a learner sees it: what they have not begun is neither failed nor an error."""
    if check.status == "fail" and check.message and not check.wrong_values:
        lines = check.message.splitlines()
        return "unfilled" if all(line.endswith(UNFILLED) for line in lines) else "fail"
    if check.status == "error" and UNWRITTEN.fullmatch(check.message):
        return "unwritten"
    return check.status


def shown_name(verdict: Verdict) -> VerdictName:
    """The verdict's name as a learner sees it: it is no error that a function is not written yet."""
    stands = {shown_status(check) for check in verdict.checks}
    return "fail" if verdict.verdict == "error" and not verdict.message and "error" not in stands else verdict.verdict


def measured(verdict: Verdict) -> list[str]:
    """What checks that have passed have to say: what they measured."""
    return [check.message for check in verdict.checks if check.status == "pass" and check.message]


def what_to_tell(verdict: Verdict) -> CheckResult | None:
    """The check that a learner is told about: the first that is wrong, before all that is not begun.

    What the verdict looks like is to stand above what shows it, so one of that misconception comes before the others.
    """
    failed = [check for check in verdict.checks if check.status in ("fail", "error")]
    begun = [check for check in failed if shown_status(check) in ("fail", "error")]
    named = [check for check in begun if verdict.misconception and check.misconception == verdict.misconception]
    return next(iter(named or begun or failed), None)


def message_of(check: CheckResult, verdict: Verdict, source: str) -> str:
    """What is said of a check that did not pass.

    Args:
        check: the check.
        verdict: whose check it is.
        source: the text that was judged, to name what a line belongs to; may be empty.
    """
    stands = shown_status(check)
    if stands == "unwritten" and (found := UNWRITTEN.fullmatch(check.message)):
        name = _place(source, int(found["line"]))
        says = f"{name or 'this'} is not written yet (line {found['line']})"
        return f"{says}: {found['says']}" if found["says"] else says
    if found := MISSING.fullmatch(check.message):
        return f"there is no {found[1]} in the file; {_kind(found[1])} must have that name"
    # A mistake that has a name says what is off everywhere, and the list of checks which questions are open.
    if stands == "unfilled" or (check.wrong_values and verdict.looks_like):
        return _shortened(check.message)
    return check.message


def is_about_numbers(verdict: Verdict) -> bool:
    """Whether the verdict turns on numbers, so that it matters how they are compared."""
    told = what_to_tell(verdict)
    if verdict.message or told is None or shown_status(told) != "fail":
        return False
    return not MISSING.fullmatch(told.message)


def _place(source: str, line: int) -> str:
    """The function or class that a line belongs to, as ``LeNet.forward``; empty where there is none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    # Outer ones are found before inner ones.
    return ".".join(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or 0)
    )


def _kind(name: str) -> str:
    if BLANK.fullmatch(name):
        return "the answer"
    return "the class" if name[0].isupper() else "the function"


def _shortened(message: str) -> str:
    """The first blanks, those that are wrong before those that are empty, and how many more there are."""
    lines = sorted(message.splitlines(), key=lambda line: line.endswith(UNFILLED))
    rest = len(lines) - SHOWN_BLANKS
    # A line that says "1 more" takes no less room than the one that it stands for.
    return "\n".join([*lines[:SHOWN_BLANKS], f"… and {rest} more"] if rest > 1 else lines)
