"""What changed from one text to another, in sentences."""

from __future__ import annotations

import difflib

from tutor.draw.plain import in_one_line
from tutor.draw.text_diff import MAX_LINES


def text_diff_lines(before: str, after: str) -> list[str]:
    """The lines that are gone and those that are new, each with its number in its own text."""
    if before == after:
        return ["The two texts are the same."]
    one, other = before.splitlines(), after.splitlines()
    if max(len(one), len(other)) > MAX_LINES:
        return [f"They differ; texts of more than {MAX_LINES} lines are not compared line by line."]
    lines = []
    for tag, begin, end, new_begin, new_end in difflib.SequenceMatcher(None, one, other).get_opcodes():
        if tag != "equal":
            lines += _numbered("Gone, line", one, begin, end)
            lines += _numbered("New, line", other, new_begin, new_end)
    return lines or ["They differ only in how their lines end."]


def _numbered(what: str, lines: list[str], begin: int, end: int) -> list[str]:
    return [f"{what} {number}: {in_one_line(lines[number - 1])}" for number in range(begin + 1, end + 1)]
