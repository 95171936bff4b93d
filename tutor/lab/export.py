"""A training's curves for other programs. Imports no torch."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

    from tutor.lab.runs import RunState

COLUMNS = ("network", "step", "loss", "test_loss", "test_accuracy")


def write_csv(state: RunState, file: IO[str]) -> None:
    """A row for each step of each network; the last two columns are empty where it was not tested after that step."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    for network, curves in state.curves.items():
        tests = {test.step: (test.loss, test.accuracy) for test in curves.tests}
        for step, loss in enumerate(curves.losses, start=1):
            rows.writerow((network, step, loss, *tests.get(step, ("", ""))))
