"""A training's curves for other programs. Imports no torch."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from tutor.lab.run_state import RunState

COLUMNS = ("network", "step", "loss", "test_loss", "test_accuracy")


def write_csv(state: RunState, file: IO[str]) -> None:
    """A row for each step of each network; the last two columns are empty where it was not tested after that step."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    for network, curves in state.curves.items():
        tests = {test.step: (test.loss, test.accuracy) for test in curves.tests}
        for step, loss in enumerate(curves.losses, start=1):
            rows.writerow((network, step, loss, *tests.get(step, ("", ""))))


def write_tensorboard(state: RunState, folder: Path) -> None:
    """Event files that TensorBoard shows, a folder for each network, so that it draws their curves into one plot.

    Raises:
        UsageError: the package is not there, or the folder cannot be written to.
    """
    try:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError as error:
        raise UsageError(
            f"TensorBoard's files are written by its package, which is not there ({error})",
            "To install it: python -m pip install 'cnn-tutor[tensorboard]'",
        ) from None

    now = time.time()
    for network, curves in state.curves.items():
        points = [
            *(("loss/train", step, loss) for step, loss in enumerate(curves.losses, start=1)),
            *(("loss/test", test.step, test.loss) for test in curves.tests),
            *(("accuracy/test", test.step, test.accuracy) for test in curves.tests),
        ]
        try:
            writer = EventFileWriter(str(folder / network))
            for tag, step, value in points:
                summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
                writer.add_event(Event(step=step, wall_time=now, summary=summary))
            writer.close()
        except OSError as error:
            raise UsageError(f"{folder}: cannot be written to: {error.strerror}") from None
