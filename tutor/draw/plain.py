"""Text of others, made safe for a terminal."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_controls(text: str) -> str:
    """A text without what a terminal would obey: a submission must not clear the screen or fill the clipboard."""
    return CONTROLS.sub(lambda found: "\n" if found[0] == "\r\n" else "\ufffd", text)
