"""What a comparison has measured until now, in a file that outlives Ctrl-C, kill -9 and power failures.

One JSON object a line, each flushed to the disk before the next cell is begun: the plan without its networks and
seeds, the setting, then a line for each cell that is trained. So a comparison from more seeds, or of more networks, has
what is trained already. Imports no torch.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from tutor.errors import TutorError, UsageError
from tutor.lab.comparison import Cell, ComparisonPlan, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HASH_DIGITS = 12


class CellsFile:
    """The file of one comparison, and what it holds.

    Attributes:
        plan: what is compared.
        setting: on what, or None before the first training.
        cells: those of the plan that are trained, by network and seed.
    """

    def __init__(self, file: BinaryIO, plan: ComparisonPlan) -> None:
        self._file = file  # opened for appending
        self.plan = plan
        self.setting: Setting | None = None
        self.cells: dict[tuple[str, int], Cell] = {}
        if not self._read():
            self._append(_of_any_size(plan))

    @property
    def missing(self) -> tuple[tuple[str, int], ...]:
        """Network and seed of the cells to come."""
        return tuple(place for place in self.plan.cells if place not in self.cells)

    def begin(self, setting: Setting) -> None:
        """Keep on what the cells are trained that come from now on.

        Raises:
            UsageError: those before were trained on something else.
        """
        if self.setting is None:
            self._append(setting)
            self.setting = setting
        # The device's name tells the number of threads, which may be another one.
        elif setting != msgspec.structs.replace(self.setting, device_name=setting.device_name):
            raise UsageError(
                f"this comparison was begun on {_in_words(self.setting)}, and this is {_in_words(setting)}",
                "Give --data and --device as they were then: what is compared has to be trained alike.",
            )

    def keep(self, cell: Cell) -> None:
        """Keep a cell that is trained.

        Raises:
            TutorError: it cannot be written, e.g. because the disk is full.
        """
        self._append(cell)
        self.cells[cell.network, cell.seed] = cell

    def _read(self) -> bool:
        """Take in what is there; a torn line, and what may come after it, is cut off.

        Returns:
            Whether it is this plan's.
        """
        self._file.seek(0)
        whole, wanted = 0, frozenset(self.plan.cells)
        for line in self._file.read().splitlines(keepends=True):
            try:
                record = msgspec.json.decode(line, type=ComparisonPlan | Setting | Cell)
            except msgspec.DecodeError:
                break
            if not line.endswith(b"\n") or (whole == 0 and record != _of_any_size(self.plan)):
                break
            whole += len(line)
            if isinstance(record, Cell) and (record.network, record.seed) in wanted:
                self.cells[record.network, record.seed] = record
            elif isinstance(record, Setting):
                self.setting = record
        self._file.truncate(whole)
        return whole > 0

    def _append(self, record: ComparisonPlan | Setting | Cell) -> None:
        try:
            self._file.write(msgspec.json.encode(record) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise TutorError(
                f"{self._file.name}: cannot be written to: {error.strerror}",
                "Once that is mended, the same command goes on from the training before.",
            ) from error


@contextmanager
def cells_of(plan: ComparisonPlan, folder: Path) -> Iterator[CellsFile]:
    """The cells of a comparison, for one process at a time.

    Raises:
        UsageError: another process is at it, or the folder cannot be written to.
    """
    path = file_of(plan, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("ab+")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written to: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "this comparison is being made already, in another terminal",
                "Wait for it: the same command shows its results then.",
            ) from None
        yield CellsFile(file, plan)


def file_of(plan: ComparisonPlan, folder: Path) -> Path:
    """Where a comparison's cells are kept: those that are trained otherwise are kept elsewhere."""
    digest = hashlib.sha256(msgspec.json.encode(_of_any_size(plan))).hexdigest()[:HASH_DIGITS]
    return folder / f"{plan.name.replace(' ', '-')}-{digest}.jsonl"


def _of_any_size(plan: ComparisonPlan) -> ComparisonPlan:
    """The plan without what decides how many cells it has: each is trained by itself."""
    return msgspec.structs.replace(plan, networks=(), seeds=())


def _in_words(setting: Setting) -> str:
    return f"{setting.dataset_in_words}, {setting.train_size:,} + {setting.test_size:,} images, {setting.device}"
