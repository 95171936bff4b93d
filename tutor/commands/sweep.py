"""``cnn-tutor sweep``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tutor.commands.comparisons import comparison_options, run_comparison
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Option and default of each network; the number in a network's name is what is swept.
SWEPT = {
    "dropout": ("--p", "0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9"),
    "plain": ("--depth", "8,20,44"),
    "residual": ("--depth", "8,20,44"),
}


@click.command("sweep")
@click.argument("networks", nargs=-1, required=True, type=click.Choice(list(SWEPT)), metavar="NETWORK...")
@click.option("--p", "p", metavar="P,P,...", help=f"Of dropout. By default {SWEPT['dropout'][1]}")
@click.option("--depth", "depth", metavar="N,N,...", help=f"Of plain and residual. By default {SWEPT['plain'][1]}")
@comparison_options
def command(networks: tuple[str, ...], p: str | None, depth: str | None, **how: Any) -> None:
    """Train a network with one number changed, from several seeds: dropout with --p, plain and residual with --depth.

    Each is compared with the first of the numbers and, where several networks are named, with the first network at the
    same number. Ctrl-C keeps what is trained, and the same command goes on from there.
    """
    networks = tuple(dict.fromkeys(networks))
    option, default = SWEPT[networks[0]]
    if any(SWEPT[network][0] != option for network in networks):
        raise UsageError("dropout is swept by --p, plain and residual by --depth", "Sweep them one after the other.")
    typed = {"--p": p, "--depth": depth}
    for other, values in typed.items():
        if other != option and values is not None:
            raise UsageError(f"{' and '.join(networks)}: {other} has no place there", f"Take {option}.")
    values = default if typed[option] is None else typed[option] or ""
    run_comparison(f"sweep {' '.join(networks)}", _named(networks, values.split(",")), **how)


def _named(networks: Sequence[str], values: Sequence[str]) -> tuple[str, ...]:
    """The networks with each of the numbers.

    Raises:
        UsageError: a number is none of such a network, or is there twice.
    """
    from tutor.lab.experiments import find_network

    names = [f"{network}-{value.strip()}" for value in values for network in networks]
    if len({(network.name, number) for network, number in map(find_network, names)}) < len(names):
        raise UsageError("a value is named twice", "Name each once: another seed is --seeds' to ask for.")
    if len(values) < 2:
        raise UsageError("a sweep needs two values at least", "For example: --p 0,0.5 or --depth 8,20")
    return tuple(names)
