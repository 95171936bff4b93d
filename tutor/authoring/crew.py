"""Doing many jobs at once, one at a time for each core, and leaving nothing behind. Imports no torch."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence


class Closable(Protocol):
    """What does a job: a process behind an object."""

    def close(self) -> None:
        """End it at once, whoever waits for it. May be called again."""
        ...


Worker = TypeVar("Worker", bound=Closable)
Result = TypeVar("Result")


class Crew(Generic[Worker]):
    """Threads that each have a worker of their own and do one job after the other.

    Args:
        hire: makes a worker; it starts its process when it is first asked something.
        size: how many there are at most.
    """

    def __init__(self, hire: Callable[[], Worker], size: int) -> None:
        self._hire = hire
        self._size = size
        self._own = threading.local()
        self._workers: list[Worker] = []
        self._lock = threading.Lock()

    def work(self, jobs: Sequence[Callable[[Worker], Result]]) -> Generator[Result, None, None]:
        """Do jobs; what each gives, as it is done. However this ends, no worker is left.

        Raises:
            BaseException: what a job raised first, or what broke in upon the wait; all other jobs end then.
        """
        if not jobs:
            return
        executor = ThreadPoolExecutor(min(self._size, len(jobs)))
        futures: list[Future[Result]] = []
        try:
            for job in jobs:
                futures.append(executor.submit(self._do, job))  # noqa: PERF401 - each is to be known once it runs
            for future in as_completed(futures):
                yield future.result()
        finally:
            self._dismiss(executor, futures)

    def _do(self, job: Callable[[Worker], Result]) -> Result:
        if not hasattr(self._own, "worker"):
            with self._lock:
                self._own.worker = self._hire()
                self._workers.append(self._own.worker)
        return job(self._own.worker)

    def _dismiss(self, executor: ThreadPoolExecutor, futures: Sequence[Future[Result]]) -> None:
        executor.shutdown(wait=False, cancel_futures=True)
        while True:
            # Again and again: a job may be about to start its worker anew.
            with self._lock:
                workers = list(self._workers)
            for worker in workers:
                worker.close()
            if all(future.done() for future in futures):
                break
            threading.Event().wait(0.02)
        for worker in self._workers:
            worker.close()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
