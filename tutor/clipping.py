"""Text of others, cut to what a person reads. Imports nothing."""

from __future__ import annotations


def clipped(text: str, length: int) -> str:
    """A text, or where it is longer than so many characters its beginning, with a sign that there is more."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
