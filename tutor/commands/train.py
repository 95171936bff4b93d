"""``cnn-tutor train``."""

from __future__ import annotations

import click

from tutor.commands.common import EXIT_NOT_PASSED, console, print_lines, the_workspace
from tutor.draw import linear
from tutor.errors import TutorError, UsageError


@click.command("train")
@click.argument("experiment", metavar="EXPERIMENT")
@click.option("--data", metavar="DIR", help="A folder with MNIST's files, or 'synthetic'. By default it is downloaded.")
@click.option(
    "--epochs", type=click.IntRange(min=1), default=1, show_default=True, help="Passes over the training set."
)
@click.option("--batch-size", type=click.IntRange(min=2), default=64, show_default=True)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seeds initialisation and the order of batches.",
)
@click.option("--device", type=click.Choice(["cuda", "mps", "cpu"]), help="By default the best there is.")
def command(experiment: str, data: str | None, epochs: int, batch_size: int, seed: int, device: str | None) -> int:
    """Train an experiment of the slides on MNIST: bn (the base CNN without and with batch norm).

    Ctrl-C stops it; what it has measured stays.
    """
    from tutor.lab.experiments import EXPERIMENTS
    from tutor.lab.follow import follow
    from tutor.lab.recipe import Recipe
    from tutor.lab.runs import Plan, start_run

    if experiment not in EXPERIMENTS:
        raise UsageError(f"there is no experiment '{experiment}'", f"There are: {', '.join(EXPERIMENTS)}")
    workspace = the_workspace()
    plan = Plan(experiment, data=data, seed=seed, device=device, recipe=Recipe(epochs, batch_size))
    run, process = start_run(workspace.runs, plan)
    state = follow(run, process, console(stderr=True))
    if state.failed is not None:
        raise TutorError(state.failed.message, state.failed.remedy)
    if linear.is_wanted():
        from tutor.draw.linear.results import results_lines

        print_lines(results_lines(state))
    else:
        from tutor.draw.results import results_view

        console().print(results_view(state))
    return 0 if state.outcome == "finished" else EXIT_NOT_PASSED
