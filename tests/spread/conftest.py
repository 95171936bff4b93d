"""A real scheduler of Dask's and real workers, on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Cluster:
    """A scheduler and its workers, each a process.

    Args:
        folder: for what they write.
        tls: the authority, a certificate and its key, for a cluster that speaks TLS.
    """

    def __init__(self, folder: Path, tls: tuple[str, str, str] | None = None) -> None:
        self._folder = folder
        self._tls = tls
        self._file = folder / "scheduler.json"
        local = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self._file))
        self.scheduler = self._start("scheduler", *local)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = self._wait_for_address()

    def add_workers(self, count: int) -> None:
        """So many more workers, with one thread each and no nanny that would start them again."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder))
        self.workers += [self._start("worker", self.address, *options) for _ in range(count)]
        from distributed import Client
        from distributed.security import Security

        security = None
        if self._tls is not None:
            ca, cert, key = self._tls
            security = Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
        with Client(self.address, security=security, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=120)

    def end(self) -> None:
        """End them all."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        ca, cert, key = self._tls or ("", "", "")
        tls = ("--tls-ca-file", ca, "--tls-cert", cert, "--tls-key", key) if self._tls else ()
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *options, *tls],
                stdout=log,
                stderr=log,
                env={**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"},
            )

    def _wait_for_address(self) -> str:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                return str(json.loads(self._file.read_text())["address"])
            except (FileNotFoundError, ValueError):
                os.sched_yield()
        pytest.fail((self._folder / "scheduler.log").read_text())


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder)
    yield cluster
    cluster.end()
