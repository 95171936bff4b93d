"""Text of others, cut to what a person reads. Imports nothing."""

from __future__ import annotations


def clipped(text: str, length: int) -> str:
    """A text, or where it is longer than so many characters its beginning, with a sign that there is more."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def clipped_lines(text: str, length: int, lines: int) -> str:
    """A text, or so many of its first characters and lines, with a sign where there is more."""
    first = clipped(text, length).split("\n", lines)
    return "\n".join([*first[:lines], "…"] if len(first) > lines else first)


def as_name(text: str, length: int) -> str:
    """A name that others have given: clipped, and in quotes where it would break the line or hide in it."""
    return clipped(text if text.isprintable() else repr(text[:length]), length)
