"""Words for a person, broken into lines at words."""

from __future__ import annotations

import re

# "cnn-tutor check 3 --submission FILE": a command that is broken in two cannot be copied.
COMMAND = r"cnn-tutor(?: [a-z]+(?: (?:exercise|\d+|--[a-z-]+|[A-Z]+)\b)*)?"
PIECE = re.compile(rf"(\s*)(\S*?{COMMAND}\S*|\S+)")


def fitted(text: str, columns: int) -> str:
    """The text with the lines that are too long broken at blanks; indentation stays, and commands stay whole.

    Args:
        text: one line or several; lines that fit stay as they are.
        columns: how wide a line may be; a single word may be wider.
    """
    return "\n".join(part for line in text.split("\n") for part in _broken(line, columns))


def reflowed(text: str) -> str:
    """The text with each paragraph in one line: what was broken for another width can then be broken for this one."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _broken(line: str, columns: int) -> list[str]:
    if len(line) <= columns:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    lines = [indent]
    for blanks, word in PIECE.findall(line.strip()):
        is_first = lines[-1] == indent
        if not is_first and len(lines[-1]) + len(blanks) + len(word) > columns:
            lines.append(indent)
            is_first = True
        lines[-1] += word if is_first else blanks + word
    return lines
