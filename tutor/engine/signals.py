"""Signals in words."""

from __future__ import annotations

import signal
from contextlib import suppress


def signal_in_words(number: int) -> str:
    """A signal's name and what it says; real-time ones, which any process may send itself, have no name."""
    with suppress(ValueError):
        return f"{signal.Signals(number).name}, {signal.strsignal(number)}"
    return f"signal {number}"
