"""The learner's progress, kept in SQLite."""

from tutor.progress.store import Progress, ProgressError, Standing, UnreadableProgress

__all__ = ["Progress", "ProgressError", "Standing", "UnreadableProgress"]
