"""The learner's progress, kept in SQLite."""

from tutor.progress.store import Progress, Standing

__all__ = ["Progress", "Standing"]
