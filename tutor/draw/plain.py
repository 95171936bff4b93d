"""Text of others, made safe for a terminal."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What terminals obey, those that break lines where there is no newline, and those that turn what follows around."""

BREAKS = str.maketrans("\t\n\r", "   ")


def without_controls(text: str) -> str:
    """A text without what a terminal would obey: a submission must not clear the screen or fill the clipboard."""
    return CONTROLS.sub(lambda found: "\n" if found[0] == "\r\n" else "\ufffd", text)


def in_one_line(text: str) -> str:
    """A text as it can be drawn in one line, character for character."""
    return without_controls(text.translate(BREAKS))
