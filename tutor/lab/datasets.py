"""The data sets of the lab: their files, how these are known, and what their classes are called. Imports no torch.

All have MNIST's form: 60,000 training and 10,000 test images of 28 x 28 grey values, in ten classes.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path

import platformdirs

from tutor.errors import UsageError

SYNTHETIC = "synthetic"
"""In the place of a data set's folder: digits that a generator draws."""


@dataclass(frozen=True)
class IdxFile:
    """A file in the idx format: big-endian header, then a byte for each number, the last dimension fastest.

    Attributes:
        name: what it is called decompressed; compressed it is ``NAME.gz``.
        shape: (N, 28, 28) for images, (N,) for labels.
        gz_md5: md5 of the compressed file that is published, as in torchvision's ``resources``.
        md5: md5 of its content, or None where no source tells it.
    """

    name: str
    shape: tuple[int, ...]
    gz_md5: str
    md5: str | None = None

    @property
    def header(self) -> bytes:
        """How its content begins: 0x08 for unsigned bytes, the number of dimensions, and each dimension."""
        return struct.pack(f">{1 + len(self.shape)}I", 0x800 + len(self.shape), *self.shape)

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return len(self.header) + prod(self.shape)


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Attributes:
        content: its bytes, decompressed.
        gz: its bytes as they lie on the disk, where they are compressed.
    """

    content: bytes
    gz: bytes | None = None

    @cached_property
    def md5(self) -> str:
        """md5 of the content."""
        return md5_of(self.content)

    @cached_property
    def gz_md5(self) -> str | None:
        """md5 of the compressed bytes."""
        return None if self.gz is None else md5_of(self.gz)

    def is_surely(self, file: IdxFile) -> bool:
        """Whether it is that file, by one md5 or the other."""
        return self.gz_md5 == file.gz_md5 or (file.md5 is not None and self.md5 == file.md5)


@dataclass(frozen=True)
class Dataset:
    """A data set.

    Attributes:
        name: what one types: ``--dataset NAME``.
        title: what it is called.
        torchvision: its class in ``torchvision.datasets``, which knows where it is downloaded from.
        classes: what the labels 0 to 9 mean.
        mean: of the training pixels, with black 0 and white 1.
        deviation: their standard deviation.
        files: training images and labels, test images and labels.
    """

    name: str
    title: str
    torchvision: str
    classes: tuple[str, ...]
    mean: float
    deviation: float
    files: tuple[IdxFile, IdxFile, IdxFile, IdxFile]

    @property
    def folder(self) -> str:
        """Where torchvision keeps its files, seen from the folder that is given to it as ``root``."""
        return f"{self.torchvision}/raw"

    def cache_folder(self) -> Path:
        """Where it is downloaded to; its files lie there compressed."""
        return platformdirs.user_cache_path("cnn-tutor") / self.folder

    def missing(self, folder: Path) -> list[IdxFile]:
        """Which of its files do not lie in a folder as they are published, compressed and whole."""
        return [file for file in self.files if not has_md5(folder / f"{file.name}.gz", file.gz_md5)]

    def fault(self, file: IdxFile, found: Found) -> str:
        """What is wrong with what was found in place of one of its files, which is none of those that are known.

        Returns:
            Words to follow the file's name, or empty where nothing speaks against it: its md5 is not known then.
        """
        size = len(found.content)
        whose = f"is not {self.title}'s"
        if not found.content:
            return "is empty"
        if size < file.size and found.content.startswith(file.header):
            return f"is truncated: {size:,} bytes where there should be {file.size:,}"
        if size < file.size:
            return f"{whose}: {size:,} bytes where there should be {file.size:,}"
        if size > file.size:
            return f"{whose}: more than the {file.size:,} bytes that there should be"
        if file.md5 is not None:
            return f"{whose}, or was altered: its content's md5 is {found.md5}, not {file.md5}"
        if not found.content.startswith(file.header):
            return f"{whose}: its header does not announce {' × '.join(f'{n:,}' for n in file.shape)} bytes"
        if len(file.shape) == 1 and max(found.content[len(file.header) :]) >= len(self.classes):
            return f"{whose}: it has labels above {len(self.classes) - 1}"
        return ""


def from_any_folder(data: str | None) -> str | None:
    """What says where data lie, so that a process in another folder finds them too."""
    return data if data in (None, SYNTHETIC) else str(Path(data).expanduser().resolve())


def dataset_named(name: str) -> Dataset:
    """The data set with a name.

    Raises:
        UsageError: there is none.
    """
    if name not in DATASETS:
        raise UsageError(f'There is no data set "{name}".', f"The lab has: {', '.join(DATASETS)}.")
    return DATASETS[name]


def identify(found: Found) -> tuple[Dataset, IdxFile] | None:
    """Which file of which data set this surely is, or None."""
    files = ((dataset, file) for dataset in DATASETS.values() for file in dataset.files)
    return next(((dataset, file) for dataset, file in files if found.is_surely(file)), None)


def md5_of(content: bytes) -> str:
    """md5 tells what broke or was mixed up on the way, not what somebody forged."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def has_md5(path: Path, md5: str) -> bool:
    """Whether a file is there and can be read, and has that md5."""
    try:
        return md5_of(path.read_bytes()) == md5
    except OSError:
        return False


def _files(*md5s: tuple[str, str | None]) -> tuple[IdxFile, IdxFile, IdxFile, IdxFile]:
    """MNIST's four names and shapes, each with md5 compressed and md5 of its content."""
    train_images, train_labels, test_images, test_labels = md5s
    return (
        IdxFile("train-images-idx3-ubyte", (60_000, 28, 28), *train_images),
        IdxFile("train-labels-idx1-ubyte", (60_000,), *train_labels),
        IdxFile("t10k-images-idx3-ubyte", (10_000, 28, 28), *test_images),
        IdxFile("t10k-labels-idx1-ubyte", (10_000,), *test_labels),
    )


MNIST = Dataset(
    # LeCun, Bottou, Bengio and Haffner 1998. Mean and deviation as in PyTorch's own example.
    name="mnist",
    title="MNIST",
    torchvision="MNIST",
    classes=tuple("0123456789"),
    mean=0.1307,
    deviation=0.3081,
    files=_files(
        ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
        ("d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
        ("9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
        ("ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
    ),
)

FASHION_MNIST = Dataset(
    # Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747
    name="fashion-mnist",
    title="Fashion-MNIST",
    torchvision="FashionMNIST",
    classes=(
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    mean=0.2860,
    deviation=0.3530,
    files=_files(
        ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
        ("25c81989df183df01b3e8a0aad5dffbe", "9018921c3c673c538a1fc5bad174d6f9"),
        ("bef4ecab320f06d8554ea6380940ec79", "8181f5470baa50b63fa0f6fddb340f0a"),
        ("bb300cfdad3c16e7a12a480ee83cd310", "15d484375f8d13e6eb1aabb0c3f46965"),
    ),
)

KMNIST = Dataset(
    # Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718. No source tells the md5 of its files' content.
    name="kmnist",
    title="KMNIST",
    torchvision="KMNIST",
    classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    mean=0.1918,
    deviation=0.3483,
    files=_files(
        ("bdb82020997e1d708af4cf47b453dcf7", None),
        ("e144d726b3acfaa3e44228e80efcd344", None),
        ("5c965bf0a639b31b8f53240b1b52f4d7", None),
        ("7320c461ea6c1c855c0b718fb2a4b134", None),
    ),
)

DATASETS = {dataset.name: dataset for dataset in (MNIST, FASHION_MNIST, KMNIST)}
