"""A span of time as people read it."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Minutes and seconds, and hours where there are any: ``0:07``, ``12:30``, ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
