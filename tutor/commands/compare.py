"""``cnn-tutor compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tutor.commands.comparisons import comparison_options, run_comparison
from tutor.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _complete_experiment(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001
    from click.shell_completion import CompletionItem

    from tutor.lab.experiments import EXPERIMENTS

    return [CompletionItem(name, help=one.title) for name, one in EXPERIMENTS.items() if name.startswith(typed)]


@click.command("compare")
@click.argument("experiment", metavar="EXPERIMENT", shell_complete=_complete_experiment)
@comparison_options
def command(experiment: str, **how: Any) -> None:
    """Train an experiment's networks from several seeds, and say what that shows.

    EXPERIMENT is bn, dropout, skip or degradation. From one seed all networks get the same batches and, where they
    share layers, the same starting weights; differences are taken seed by seed. Ctrl-C keeps what is trained, and the
    same command goes on from there.
    """
    from tutor.lab.experiments import EXPERIMENTS

    if experiment not in EXPERIMENTS:
        raise UsageError(f"there is no experiment '{experiment}'", f"There are: {', '.join(EXPERIMENTS)}")
    run_comparison(experiment, EXPERIMENTS[experiment].networks, **how)
