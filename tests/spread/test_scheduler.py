"""A real scheduler and real workers, on this machine: who is spoken to, and what becomes of a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.errors import UsageError
from tutor.spread.scheduler import Scheduler, connected, difference, versions

if TYPE_CHECKING:
    from tests.spread.conftest import Cluster

CERTIFICATE = Path("ca.pem")


@pytest.mark.parametrize(
    ("scheduler", "says"),
    [
        (Scheduler("head:8786"), "is no scheduler's address"),
        (Scheduler("http://head:8786"), "is no scheduler's address"),
        (Scheduler("tcp://head"), "is no scheduler's address"),
        (Scheduler("tls://head:8786"), "tls needs certificates"),
        (Scheduler("tcp://192.0.2.7:8786"), "is plain tcp to another machine"),
        (Scheduler("tcp://localhost.example:8786"), "is plain tcp to another machine"),
    ],
)
def test_what_is_not_safe_is_refused(scheduler: Scheduler, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        scheduler.refuse_unsafe()
    assert says in caught.value.message


@pytest.mark.parametrize(
    "scheduler",
    [
        Scheduler("tcp://127.0.0.1:8786"),
        Scheduler("tcp://localhost:8786"),
        Scheduler("tcp://[::1]:8786"),
        Scheduler("tcp://192.0.2.7:8786", insecure=True),
        Scheduler("tls://head:8786", CERTIFICATE, CERTIFICATE, CERTIFICATE),
    ],
)
def test_what_is_safe_or_wanted_is_not(scheduler: Scheduler) -> None:
    scheduler.refuse_unsafe()


def test_a_worker_with_other_versions_is_named() -> None:
    ours = versions()
    assert difference(ours, {"tcp://a": ours, "tcp://b": ours}) == ""
    older = {**ours, "PyTorch": "1.0"}
    says = difference(ours, {"tcp://a": ours, "tcp://b": older})
    assert says == f"the worker tcp://b has PyTorch 1.0, and here it is {ours['PyTorch']}"


def test_a_scheduler_that_is_not_there_or_has_no_workers_is_said_so(cluster: Cluster) -> None:
    with pytest.raises(UsageError) as caught, connected(Scheduler(cluster.address)):
        pass
    assert "has no workers" in caught.value.message
    cluster.end()
    with pytest.raises(UsageError) as caught, connected(Scheduler(cluster.address)):
        pass
    assert "no scheduler answers at" in caught.value.message


def test_its_workers_are_an_executor(cluster: Cluster) -> None:
    cluster.add_workers(1)
    with connected(Scheduler(cluster.address)) as (executor, at_once):
        assert at_once == 2
        assert executor.submit(versions).result() == versions()
