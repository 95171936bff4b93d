from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
import torch

from tutor.errors import TutorError
from tutor.lab.checkpoints import Checkpoint, CheckpointFolder, keep_weights

if TYPE_CHECKING:
    from pathlib import Path


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint("bn", {"step": step, "weight": torch.full((3,), float(step))}, seconds=float(step))


def steps(folder: Path) -> int | None:
    found, _ = CheckpointFolder(folder).read()
    return found.training["step"] if found else None


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_the_newest_is_read_back_and_two_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    assert CheckpointFolder(folder).read() == (None, ())
    for step in range(1, 13):
        CheckpointFolder(folder).write(checkpoint(step))
        found, damaged = CheckpointFolder(folder).read()
        assert damaged == ()
        assert found is not None
        assert (found.network, found.training["step"], found.seconds) == ("bn", step, float(step))
        assert torch.equal(found.training["weight"], checkpoint(step).training["weight"])
    assert [path.name[:6] for path in files(folder)] == ["000011", "000012"]
    # A learner may look into one with nothing but PyTorch.
    assert torch.load(files(folder)[0], weights_only=True)["network"] == "bn"


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("damage", [truncate, empty, flip_a_bit, zeros])
def test_a_damaged_one_falls_back_to_the_one_before(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    for step in (1, 2):
        CheckpointFolder(tmp_path).write(checkpoint(step))
    before, newest = files(tmp_path)
    damage(newest)
    found, damaged = CheckpointFolder(tmp_path).read()
    assert found is not None
    assert (found.training["step"], damaged) == (1, (newest.name,))
    damage(before)
    assert CheckpointFolder(tmp_path).read() == (None, (before.name,))


def test_a_damaged_one_takes_no_place_of_those_that_are_kept(tmp_path: Path) -> None:
    for step in (1, 2):
        CheckpointFolder(tmp_path).write(checkpoint(step))
    truncate(files(tmp_path)[-1])
    assert steps(tmp_path) == 1
    CheckpointFolder(tmp_path).write(checkpoint(3))
    truncate(files(tmp_path)[-1])
    assert steps(tmp_path) == 1


def test_a_write_that_breaks_off_leaves_what_there_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CheckpointFolder(tmp_path).write(checkpoint(1))
    before = files(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TutorError, match="No space left") as caught:
        CheckpointFolder(tmp_path).write(checkpoint(2))
    assert "--resume" in caught.value.remedy
    assert files(tmp_path) == before
    assert steps(tmp_path) == 1


def test_what_another_version_has_written_is_refused_in_words(tmp_path: Path) -> None:
    CheckpointFolder(tmp_path).write(checkpoint(1))
    (path,) = files(tmp_path)
    content = torch.load(path, weights_only=True)
    torch.save({**content, "layout": 2}, path)
    from tutor.lab import checkpoints

    path.rename(path.with_name(f"000002-{checkpoints._digits(path.read_bytes())}.pt"))
    with pytest.raises(TutorError, match="not one that this version reads"):
        CheckpointFolder(tmp_path).read()


def test_weights_are_a_state_dict(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 3)
    keep_weights(tmp_path / "weights" / "base.pt", network)
    again = torch.nn.Linear(2, 3)
    again.load_state_dict(torch.load(tmp_path / "weights" / "base.pt", weights_only=True))
    assert torch.equal(again.weight, network.weight)
