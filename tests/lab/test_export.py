from __future__ import annotations

import csv
import io

from tutor.lab import events
from tutor.lab.export import write_csv
from tutor.lab.runs import Curves, RunState


def test_each_step_is_a_row_and_says_what_a_test_after_it_gave() -> None:
    state = RunState(
        curves={
            "base": Curves([2.5, 1.25], [events.Tested("base", 2, 0.5, 87.5)]),
            "bn": Curves([0.1]),
            "skip": Curves(),
        }
    )
    file = io.StringIO()
    write_csv(state, file)
    file.seek(0)
    assert list(csv.DictReader(file)) == [
        {"network": "base", "step": "1", "loss": "2.5", "test_loss": "", "test_accuracy": ""},
        {"network": "base", "step": "2", "loss": "1.25", "test_loss": "0.5", "test_accuracy": "87.5"},
        {"network": "bn", "step": "1", "loss": "0.1", "test_loss": "", "test_accuracy": ""},
    ]
