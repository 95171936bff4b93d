"""Jobs on threads that each have a worker: one fails, all end, no worker is left."""

from __future__ import annotations

import threading

import pytest

from tutor.authoring.crew import Crew


class Worker:
    """Waits for ever, until it is closed."""

    made: list[Worker]

    def __init__(self) -> None:
        self.closed = threading.Event()
        Worker.made.append(self)

    def close(self) -> None:
        self.closed.set()


@pytest.fixture(autouse=True)
def _nobody_hired() -> None:
    Worker.made = []


def test_every_job_is_done_and_every_worker_closed() -> None:
    found = list(Crew(Worker, 3).work([lambda _, number=number: number for number in range(20)]))  # type: ignore[misc]
    assert sorted(found) == list(range(20))
    assert 1 <= len(Worker.made) <= 3
    assert all(worker.closed.is_set() for worker in Worker.made)


def test_a_job_that_fails_ends_the_others() -> None:
    waiting = threading.Event()

    def wait(worker: Worker) -> None:
        waiting.set()
        worker.closed.wait()
        raise OSError("its process is gone")

    def fail(_: Worker) -> None:
        waiting.wait()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(Crew(Worker, 2).work([wait, fail, wait, wait]))
    assert len(Worker.made) == 2
    assert all(worker.closed.is_set() for worker in Worker.made)


def test_whoever_stops_listening_ends_the_jobs() -> None:
    def wait(worker: Worker) -> None:
        worker.closed.wait()

    results = Crew(Worker, 2).work([lambda _: None, wait, wait])
    next(results)
    results.close()
    assert all(worker.closed.is_set() for worker in Worker.made)


def test_without_jobs_nobody_is_hired() -> None:
    assert list(Crew(Worker, 2).work([])) == []
    assert Worker.made == []
