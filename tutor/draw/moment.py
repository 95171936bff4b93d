"""When something was, in the reader's own time."""

from __future__ import annotations

import time


def moment(at: float) -> str:
    """Date and minute of a time in seconds since the epoch, e.g. ``2026-11-29 17:03``."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
