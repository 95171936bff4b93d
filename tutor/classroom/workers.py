"""What judges a class: threads here, each with an engine of its own, or the workers of a scheduler."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.classroom.judging import Judges, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from tutor.spread.scheduler import Scheduler

SENT_AT_ONCE = 8
"""How many submissions are in one of a scheduler's tasks, each of which costs it a millisecond."""


@dataclass(frozen=True)
class Workers:
    """Whatever judges.

    Attributes:
        executor: carries out ``judge``.
        judge: see :meth:`tutor.classroom.judging.Judges.judge`.
        window: how many batches it is given at once.
        batch: how many submissions are in each.
    """

    executor: Executor
    judge: Callable[[bytes], bytes]
    window: int
    batch: int


@contextmanager
def workers(jobs: int | None, scheduler: Scheduler | None) -> Iterator[Workers]:
    """Workers, until they are no longer needed; what they judge then is given up.

    Args:
        jobs: how many here; None for one a core.

    Raises:
        UsageError: the scheduler is not there, or not safe.
        TutorError: it is lost in the middle.
    """
    if scheduler is not None:
        from tutor.spread.scheduler import connected

        with connected(scheduler) as (executor, window):
            yield Workers(executor, judge, window, SENT_AT_ONCE)
        return
    count = jobs or _cores()
    judges = Judges()
    with ThreadPoolExecutor(count) as threads:
        try:
            # One that waits for each that judges, so that none ever waits for us.
            yield Workers(threads, judges.judge, 2 * count, batch=1)
        finally:
            judges.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
