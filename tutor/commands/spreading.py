"""The options of what can be spread over cores and machines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.spread.scheduler import Scheduler

A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OPTIONS = (
    click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="So many at once, on this machine."),
    click.option("--scheduler", metavar="ADDRESS", help="On the workers of this Dask scheduler: tcp://… or tls://…"),
    click.option("--tls-ca", type=A_FILE, metavar="FILE", help="The authority that the scheduler's certificate is of."),
    click.option("--tls-cert", type=A_FILE, metavar="FILE", help="The certificate to show it."),
    click.option("--tls-key", type=A_FILE, metavar="FILE", help="Its key."),
    click.option("--insecure", is_flag=True, help="Speak plain tcp to a scheduler on another machine."),
)


def spreading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How many at once, and where."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def the_scheduler(
    jobs: int | None,
    scheduler: str | None,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    *,
    insecure: bool,
) -> Scheduler | None:
    """The scheduler that a command line names, or None.

    Raises:
        UsageError: options go together that do not, or it is not safe.
    """
    from tutor.spread.scheduler import Scheduler

    if scheduler is None:
        for option, value in (("--tls-ca", tls_ca), ("--tls-cert", tls_cert), ("--tls-key", tls_key)):
            if value is not None:
                raise UsageError(f"{option} goes with --scheduler", "For example: --scheduler tls://head:8786")
        if insecure:
            raise UsageError("--insecure goes with --scheduler")
        return None
    if jobs is not None:
        raise UsageError("--jobs is for this machine: a scheduler's workers say how many they take at once")
    found = Scheduler(scheduler, tls_ca, tls_cert, tls_key, insecure=insecure)
    found.refuse_unsafe()
    return found
