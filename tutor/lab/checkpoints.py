"""Where a training stands, kept so that it can be taken up again however its process ended.

A checkpoint is a file ``000123-<first 16 digits of its SHA-256>.pt`` that ``torch.load`` reads. It is there whole or
not at all, even after a power failure; two are kept, so that there is one before a damaged one. Runs in the training
process alone.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from tutor.errors import TutorError

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 2
DIGITS = 16


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stands.

    Attributes:
        network: the network in training; those before it in the plan are done.
        training: its :meth:`tutor.lab.training.Training.state_dict`.
        seconds: how long the whole training has taken until now.
    """

    network: str
    training: dict[str, Any]
    seconds: float


class CheckpointFolder:
    """A run's checkpoints."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, and of the older ones the newest.

        Raises:
            TutorError: it cannot be written, e.g. because the disk is full.
        """
        older = self._newest_first()
        number = int(older[0].name.partition("-")[0]) + 1 if older else 1
        content = _packed(asdict(checkpoint))
        try:
            self._folder.mkdir(exist_ok=True)
            _write_durably(self._folder / f"{number:06}-{_digits(content)}.pt", content)
            for path in older[KEPT - 1 :]:
                path.unlink()
        except OSError as error:
            raise _cannot_be_written(self._folder, error) from error

    def read(self) -> tuple[Checkpoint | None, tuple[str, ...]]:
        """The newest checkpoint that is whole, or None where there is none.

        Returns:
            The checkpoint, and the names of newer files that are damaged; they are put aside, as ``NAME.damaged``.
        """
        damaged: list[str] = []
        for path in self._newest_first():
            content = path.read_bytes()
            if _is_whole(path, content):
                return _unpacked(content), tuple(damaged)
            path.rename(path.with_name(f"{path.name}.damaged"))
            damaged.append(path.name)
        return None, tuple(damaged)

    def newest_name(self) -> str | None:
        """The name of the newest checkpoint's file; another one tells that there is a newer one."""
        return next((path.name for path in self._newest_first()), None)

    def look(self) -> Checkpoint | None:
        """The newest checkpoint that is whole, for whoever only looks while a training may write: nothing is moved."""
        for path in self._newest_first():
            with suppress(FileNotFoundError):  # a training keeps but the newest
                content = path.read_bytes()
                if _is_whole(path, content):
                    return _unpacked(content)
        return None

    def _newest_first(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9]*-*.pt"), reverse=True)


def keep_weights(path: Path, network: torch.nn.Module) -> None:
    """Write a network's ``state_dict``, whole or not at all.

    Raises:
        TutorError: it cannot be written.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        _write_durably(path, _packed(network.state_dict()))
    except OSError as error:
        raise _cannot_be_written(path, error) from error


def _packed(content: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def _unpacked(content: bytes) -> Checkpoint:
    try:
        # To the CPU, from where each part goes to the device that it belongs on.
        return Checkpoint(**torch.load(io.BytesIO(content), map_location="cpu", weights_only=True))
    except (TypeError, RuntimeError, pickle.UnpicklingError) as error:
        raise TutorError(
            f"The checkpoint is whole, but not one that this version reads: {error}",
            "Train anew, or with the version of cnn-tutor and PyTorch that it was begun with.",
        ) from error


def _is_whole(path: Path, content: bytes) -> bool:
    return path.stem.partition("-")[2] == _digits(content)


def _digits(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def _write_durably(path: Path, content: bytes) -> None:
    """Write to a temporary file, flush it to the disk, rename it, and flush the folder, which holds the name."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _cannot_be_written(path: Path, error: OSError) -> TutorError:
    return TutorError(
        f"{path}: cannot be written to: {error.strerror}.",
        "Once that is mended, cnn-tutor train --resume goes on from the checkpoint before.",
    )
