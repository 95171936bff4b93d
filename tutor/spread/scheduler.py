"""Dask.distributed's workers, on this machine or on others, as an executor. Needs the extra ``cluster``.

A scheduler does whatever anybody tells it who can reach it: without TLS only one on this machine is spoken to, unless
``insecure`` says otherwise. Source: https://distributed.dask.org/en/stable/tls.html
"""

from __future__ import annotations

import ipaddress
import platform
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tutor import __version__
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

CONNECT_S = 10
FOR_EACH_CORE = 2
"""How many tasks are with the scheduler at once for each of its workers' cores: one to do, one to come."""


@dataclass(frozen=True)
class Scheduler:
    """Where a scheduler is.

    Attributes:
        address: ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.
        ca: the certificate of the authority that both sides trust.
        cert: our own certificate.
        key: its key.
        insecure: whether plain tcp to another machine is wanted all the same.
    """

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    insecure: bool = False

    def refuse_unsafe(self) -> None:
        """See that nobody else can listen, or speak in our place.

        Raises:
            UsageError: they could, or this is no address.
        """
        parts = urlsplit(self.address)
        if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
            raise UsageError(f"'{self.address}' is no scheduler's address", "For example: --scheduler tls://head:8786")
        if parts.scheme == "tls":
            if not (self.ca and self.cert and self.key):
                raise UsageError("tls needs certificates", "Name them: --tls-ca, --tls-cert and --tls-key")
        elif not _is_this_machine(parts.hostname) and not self.insecure:
            raise UsageError(
                f"{self.address} is plain tcp to another machine: whoever is on the way can read it, and have the "
                "workers do anything",
                "Let the scheduler speak TLS, and name tls://…; or, where nobody else is on that network, --insecure.",
            )


@contextmanager
def connected(scheduler: Scheduler) -> Iterator[tuple[Executor, int]]:
    """A scheduler's workers as an executor, and how many tasks it wants at once.

    Raises:
        UsageError: it is not safe, not there, has no workers, or they have other versions than we have.
        TutorError: it, or its workers, are lost in the middle; whatever else is raised there is taken for that.
    """
    scheduler.refuse_unsafe()
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise UsageError(
            "a scheduler needs the extra `cluster`", "Install it: python -m pip install 'cnn-tutor[cluster]'"
        ) from None
    security = None
    if scheduler.address.startswith("tls"):
        security = Security(
            tls_ca_file=str(scheduler.ca),
            tls_client_cert=str(scheduler.cert),
            tls_client_key=str(scheduler.key),
            require_encryption=True,
        )
    try:
        client = Client(scheduler.address, security=security, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        says = " ".join(str(error).split())
        raise UsageError(
            f"no scheduler answers at {scheduler.address}: {says}", "Is it up? Start it, and try again."
        ) from None
    with client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise UsageError(
                f"the scheduler at {scheduler.address} has no workers", f"Start some: dask worker {scheduler.address}"
            )
        try:
            theirs = client.run(versions)
        except Exception as error:
            raise UsageError(
                f"a worker cannot run cnn-tutor: {type(error).__name__}: {error}",
                "Install the same cnn-tutor wherever a worker runs.",
            ) from None
        if fault := difference(versions(), theirs):
            raise UsageError(
                fault, "Results would not be the same everywhere: install the same wherever a worker runs."
            )
        cores = sum(worker["nthreads"] for worker in workers.values())
        with client.get_executor(pure=False) as executor:
            try:
                yield executor, FOR_EACH_CORE * cores
            except TutorError:
                raise
            except Exception as error:
                raise TutorError(
                    f"The scheduler at {scheduler.address} is gone, or its workers were killed again and again.",
                    "What is done is kept: the same command goes on from there.",
                ) from error


def versions() -> dict[str, str]:
    """What has to be the same everywhere."""
    return {"Python": platform.python_version(), "PyTorch": version("torch"), "cnn-tutor": __version__}


def difference(ours: Mapping[str, str], theirs: Mapping[str, Mapping[str, str]]) -> str:
    """How a worker's versions differ from ours, in words; empty where none does.

    Args:
        theirs: by the worker's address.
    """
    for address, its in theirs.items():
        for what, wanted in ours.items():
            if its.get(what) != wanted:
                return f"the worker {address} has {what} {its.get(what, 'unknown')}, and here it is {wanted}"
    return ""


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
