"""A class judged by a scheduler's workers: the same verdicts as here, whoever is killed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.spread.conftest import Cluster
from tutor.classroom.gradebook import Gradebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tutor.course import Course
    from tutor.verdict import Verdict

LEARNERS = 48
RIGHT, WRONG = "x * factor", "x + factor"
WAIT_S = 300


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """Half of them are right; no two are the same, and none is judged in an instant."""
    root = tmp_path / "submissions"
    for number in range(LEARNERS):
        folder = root / f"learner{number:02}"
        folder.mkdir(parents=True)
        body = RIGHT if number % 2 else WRONG
        text = f"import time\ntime.sleep(0.1)\ndef scale(x, factor):\n    return {body}  # {number}\n"
        (folder / "scale.py").write_text(text)
    return root


def begun(submissions: Path, course: Course, book: Path, *options: str) -> subprocess.Popen[str]:
    folder = course.location.exercises.parent
    return subprocess.Popen(
        [sys.executable, "-m", "tutor", "--course", str(folder), "grade", str(submissions), "--exercise", "scale",
         "--book", str(book), *options],
        cwd=submissions.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def kept(book: Path) -> dict[str, float]:
    """When each verdict was kept, by its key."""
    try:
        with closing(sqlite3.connect(f"file:{book}?mode=ro", uri=True)) as db:
            return dict(db.execute("SELECT key, at FROM result"))
    except sqlite3.OperationalError:
        return {}  # not made yet, or being written


def wait_for_verdicts(book: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + WAIT_S
    while len(kept(book)) < count:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        os.sched_yield()


def ended(process: subprocess.Popen[str]) -> str:
    _, told = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, told
    return told


def verdicts(book: Path) -> dict[str, Verdict | None]:
    """Without what is another each time: how long it took."""
    with Gradebook(book) as opened:
        grades = opened.results().grades.values()
    return {one.learner: one.verdict and replace(one.verdict, duration_ms=0.0) for one in grades}


def test_whatever_is_killed_the_same_verdicts_come_out_and_none_is_kept_twice(
    submissions: Path, small_course: Course, cluster: Cluster, tmp_path: Path
) -> None:
    book = tmp_path / "spread.sqlite"
    cluster.add_workers(2)
    options = ("--scheduler", cluster.address)

    client = begun(submissions, small_course, book, *options)
    wait_for_verdicts(book, 1, client)
    client.kill()
    client.communicate()
    first = kept(book)

    client = begun(submissions, small_course, book, *options)
    wait_for_verdicts(book, len(first) + 1, client)
    cluster.workers[0].kill()
    cluster.scheduler.kill()
    _, told = client.communicate(timeout=WAIT_S)
    if client.returncode:  # else all was done before it could notice
        assert f"The scheduler at {cluster.address} is gone" in told
        assert "the same command goes on from there" in told
    second = kept(book)
    assert first.items() <= second.items()

    ended(begun(submissions, small_course, book))
    assert second.items() <= kept(book).items()
    assert len(kept(book)) == LEARNERS

    alone = tmp_path / "alone.sqlite"
    ended(begun(submissions, small_course, alone, "--jobs", "1"))
    assert verdicts(book) == verdicts(alone)
    assert sum(verdict is not None and verdict.passed for verdict in verdicts(book).values()) == LEARNERS // 2


def test_a_worker_that_is_killed_loses_nothing(
    submissions: Path, small_course: Course, cluster: Cluster, tmp_path: Path
) -> None:
    book = tmp_path / "spread.sqlite"
    cluster.add_workers(2)
    client = begun(submissions, small_course, book, "--scheduler", cluster.address)
    wait_for_verdicts(book, 1, client)
    cluster.workers[0].kill()
    ended(client)
    assert len(kept(book)) == LEARNERS


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[str, str, str]:
    """The authority's, one of a scheduler, worker or client on this machine, and its key."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    ours = authority.issue_cert("127.0.0.1")
    ours.private_key_pem.write_to_path(tmp_path / "key.pem")
    for part in ours.cert_chain_pems:
        part.write_to_path(tmp_path / "cert.pem", append=True)
    return str(tmp_path / "ca.pem"), str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


@pytest.fixture
def secure_cluster(tmp_path: Path, certificates: tuple[str, str, str]) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder, certificates)
    yield cluster
    cluster.end()


def test_it_is_judged_over_tls_and_only_with_a_certificate(
    submissions: Path,
    small_course: Course,
    secure_cluster: Cluster,
    certificates: tuple[str, str, str],
    tmp_path: Path,
) -> None:
    book = tmp_path / "spread.sqlite"
    assert secure_cluster.address.startswith("tls://127.0.0.1:")
    secure_cluster.add_workers(1)
    ca, cert, key = certificates
    at = ("--scheduler", secure_cluster.address)

    stranger = trustme.CA()
    theirs = stranger.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    theirs.write_to_path(tmp_path / "theirs.pem")
    refused = begun(
        submissions, small_course, book, *at, "--tls-ca", ca,
        "--tls-cert", str(tmp_path / "theirs.pem"), "--tls-key", str(tmp_path / "theirs.pem"),
    )  # fmt: skip
    _, told = refused.communicate(timeout=WAIT_S)
    assert refused.returncode == 2
    assert "no scheduler answers at" in told
    assert not kept(book)

    ended(begun(submissions, small_course, book, *at, "--tls-ca", ca, "--tls-cert", cert, "--tls-key", key))
    assert len(kept(book)) == LEARNERS
