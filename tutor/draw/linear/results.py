"""What a training has come to, a sentence for each network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.draw.results import accuracy, circumstances
from tutor.lab.experiments import EXPERIMENTS, title_of

if TYPE_CHECKING:
    from tutor.lab.run_state import RunState


def results_lines(state: RunState) -> list[str]:
    """The same as :func:`tutor.draw.results.results_view`."""
    started = state.started
    if started is None:
        return ["Nothing was trained."]
    experiment = EXPERIMENTS.get(started.experiment)
    slides = experiment.slides if experiment else {}
    lines = [f"{experiment.title}:"] if experiment else []
    for network, curves in state.curves.items():
        line = f"{title_of(network)}: {started.parameters[network]:,} parameters"
        line += f", test accuracy {accuracy(curves, started.steps).plain}"
        if network in slides:
            line += f", on the slides {slides[network]:.2f} % on MNIST"
        lines.append(f"{line}.")
    return [*lines, *circumstances(state, started)]
