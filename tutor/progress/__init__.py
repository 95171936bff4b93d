"""The learner's progress, kept in SQLite."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tutor.progress.store import Attempt, KeptText, Progress, ProgressError, Standing, UnreadableProgress

__all__ = ["Attempt", "KeptText", "Progress", "ProgressError", "Standing", "UnreadableProgress"]


def __getattr__(name: str) -> Any:
    # Imported when it is asked for: `tutor.progress.sql` is needed where there is no time for the rest.
    if name in __all__:
        from tutor.progress import store

        return getattr(store, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
