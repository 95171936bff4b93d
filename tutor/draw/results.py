"""What a training has come to, beside what the slides report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tutor.lab.datasets import SYNTHETIC
from tutor.lab.experiments import EXPERIMENTS, title_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tutor.lab.events import Started
    from tutor.lab.run_state import Curves, RunState

MNIST = "MNIST"
ONE_SEED = "One seed proves nothing: another one moves each accuracy by tenths of a per cent."


def results_view(state: RunState) -> RenderableType:
    """One row for each network: parameters, test accuracy, and the slides' figure; below them how it came about.

    A training that was stopped, has failed or still runs shows what there is.
    """
    table = Table()
    table.add_column("network")
    table.add_column("parameters", justify="right")
    table.add_column("test accuracy", justify="right")
    table.add_column("slides, on MNIST", justify="right")
    started = state.started
    if started is None:
        return Text("Nothing was trained.")
    experiment = EXPERIMENTS.get(started.experiment)
    slides = experiment.slides if experiment else {}
    if experiment:
        not_mnist = "" if started.dataset == MNIST else f" on {dataset_in_words(started.dataset)}, not MNIST"
        table.title = Text(experiment.title + not_mnist)
    for network, curves in state.curves.items():
        table.add_row(
            title_of(network),
            f"{started.parameters[network]:,}",
            accuracy(curves, started.steps),
            f"{slides[network]:.2f} %" if network in slides else "–",
        )
    return Group(table, Text("\n".join(circumstances(state, started))))


def dataset_in_words(dataset: str) -> str:
    """What was trained on, as :class:`tutor.lab.events.Started` names it."""
    return "synthetic digits" if dataset == SYNTHETIC else dataset


def accuracy(curves: Curves, steps: int) -> Text:
    """The newest accuracy, and where it is not the last, when it was measured."""
    if not curves.tests:
        return Text("not tested")
    newest = curves.tests[-1]
    per_cent = f"{newest.accuracy:.2f} %"
    if newest.step == steps:
        return Text(per_cent, "bold")
    return Text(f"{per_cent} (step {newest.step:,} of {steps:,})")


def circumstances(state: RunState, started: Started) -> list[str]:
    """On what, how and for how long it was trained."""
    dataset = dataset_in_words(started.dataset)
    epochs = f"{started.epochs} epoch{'s' if started.epochs > 1 else ''}"
    lines = [
        f"{dataset[:1].upper()}{dataset[1:]}: {started.train_size:,} training and {started.test_size:,} test images.",
        f"{epochs}, batch size {started.batch_size}, seed {started.seed}, on {started.device_name}; {_ending(state)}.",
    ]
    if started.mine:
        lines.append(f"Layers of your own: {', '.join(started.mine)}.")
    if started.dataset != MNIST:
        lines.append(f"The slides' figures are for MNIST: these, on {dataset}, cannot be compared with them.")
    return [*lines, ONE_SEED]


def _ending(state: RunState) -> str:
    if state.failed:
        return "failed before the end"
    if state.seconds is None:
        return "not finished yet"
    return f"{state.outcome} after {state.seconds:.1f} s"
