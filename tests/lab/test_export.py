from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tutor.errors import UsageError
from tutor.lab import events
from tutor.lab.export import write_csv, write_tensorboard
from tutor.lab.run_state import Curves, RunState

if TYPE_CHECKING:
    from pathlib import Path


STATE = RunState(
    curves={"base": Curves([2.5, 1.25], [events.Tested("base", 2, 0.5, 87.5)]), "bn": Curves([0.25]), "skip": Curves()}
)


def test_each_step_is_a_row_and_says_what_a_test_after_it_gave() -> None:
    file = io.StringIO()
    write_csv(STATE, file)
    file.seek(0)
    assert list(csv.DictReader(file)) == [
        {"network": "base", "step": "1", "loss": "2.5", "test_loss": "", "test_accuracy": ""},
        {"network": "base", "step": "2", "loss": "1.25", "test_loss": "0.5", "test_accuracy": "87.5"},
        {"network": "bn", "step": "1", "loss": "0.25", "test_loss": "", "test_accuracy": ""},
    ]


def test_tensorboard_reads_a_folder_for_each_network(tmp_path: Path) -> None:
    write_tensorboard(STATE, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"base", "bn", "skip"}
    base = EventAccumulator(str(tmp_path / "base")).Reload()
    read = {tag: [(event.step, event.value) for event in base.Scalars(tag)] for tag in base.Tags()["scalars"]}
    assert read == {"loss/train": [(1, 2.5), (2, 1.25)], "loss/test": [(2, 0.5)], "accuracy/test": [(2, 87.5)]}


def test_without_tensorboard_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    with pytest.raises(UsageError, match="not there") as caught:
        write_tensorboard(STATE, tmp_path)
    assert "cnn-tutor[tensorboard]" in caught.value.remedy


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file: cannot be written to"):
        write_tensorboard(STATE, tmp_path / "file")
