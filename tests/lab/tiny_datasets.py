"""The lab's data sets with a few images each, so that tests can lay them down, spoil them and download them."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.lab.datasets import DATASETS, Dataset, IdxFile, md5_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TRAIN, TEST = 30, 20


@dataclass(frozen=True)
class Tiny:
    """A data set, and what its files hold, raw and gzipped, by their names."""

    dataset: Dataset
    raw: dict[str, bytes]
    gz: dict[str, bytes]

    def lay_down(self, folder: Path, gzipped: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (self.gz if gzipped else self.raw).items():
            (folder / name).write_bytes(content)


def use_tiny_datasets(monkeypatch: pytest.MonkeyPatch) -> dict[str, Tiny]:
    """Put tiny data sets in place of the lab's own; of what is known of their files, the same is known."""
    tiny = {name: _tiny(dataset) for name, dataset in DATASETS.items()}
    for name, one in tiny.items():
        monkeypatch.setitem(DATASETS, name, one.dataset)
    return tiny


def _tiny(dataset: Dataset) -> Tiny:
    draw = random.Random(dataset.name)
    files, raw = [], {}
    for file in dataset.files:
        small = replace(file, shape=(TRAIN if file.name.startswith("train") else TEST, *file.shape[1:]))
        numbers = draw.randbytes(small.size - len(small.header))
        content = small.header + (numbers if "images" in file.name else bytes(n % 10 for n in numbers))
        raw[file.name] = content
        files.append(_known(small, content, file.md5 is not None))
    gz = {f"{name}.gz": _gzipped(content) for name, content in raw.items()}
    one, two, three, four = files
    return Tiny(replace(dataset, files=(one, two, three, four)), raw, gz)


def _known(file: IdxFile, content: bytes, md5_too: bool) -> IdxFile:
    return replace(file, gz_md5=md5_of(_gzipped(content)), md5=md5_of(content) if md5_too else None)


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
