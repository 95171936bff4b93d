"""What changed from one text to another, line by line, with signs as well as colours."""

from __future__ import annotations

import difflib

from rich.text import Text

from tutor.draw.plain import in_one_line

CONTEXT = 3
MAX_LINES = 4000
"""Of longer texts the comparison would keep the app waiting."""

STYLES = {"+": "green", "-": "red", "@": "dim", " ": ""}


def text_diff(before: str, after: str) -> Text:
    """The lines that differ, with a few around them; in words where none does.

    Args:
        before: its lines that are gone begin with ``-``.
        after: its lines that are new begin with ``+``.
    """
    if before == after:
        return Text("The two texts are the same.", "dim")
    one, other = before.splitlines(), after.splitlines()
    if max(len(one), len(other)) > MAX_LINES:
        return Text(f"They differ; texts of more than {MAX_LINES} lines are not compared line by line.", "dim")
    if one == other:
        return Text("They differ only in how their lines end.", "dim")
    lines = []
    for line in list(difflib.unified_diff(one, other, lineterm="", n=CONTEXT))[2:]:
        sign, rest = line[0], line[1:]
        if sign == "@":
            lines.append(Text(f"  ⋯ line {_first_line(line)}", STYLES["@"]))
        else:
            lines.append(Text(f"{sign} {in_one_line(rest.expandtabs(4))}", STYLES[sign]))
    return Text("\n", no_wrap=True).join(lines)


def _first_line(header: str) -> str:
    """Where a piece begins in the later text: ``@@ -1,4 +2,6 @@`` says 2."""
    return header.split("+")[1].split(",")[0].split()[0]
