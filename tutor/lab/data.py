"""The data of a training, whole and in memory, on the device. Runs in the training process alone."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import http.client
import socket
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import platformdirs
import torch

from tutor.errors import DataError
from tutor.lab.synthetic import draw_digits
from tutor.lab.torchvision_pair import import_torchvision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

SYNTHETIC_TRAIN, SYNTHETIC_TEST = 6000, 1000

# Mean and standard deviation of MNIST's training pixels, as in PyTorch's own example.
PIXEL_MEAN, PIXEL_DEVIATION = 0.1307, 0.3081

# MNIST's files, decompressed: bytes and md5. The .gz of which they are the content are those of torchvision's
# ``MNIST.resources``.
MNIST_FILES = {
    "train-images-idx3-ubyte": (47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte": (60_008, "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte": (7_840_016, "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte": (10_008, "27ae3e4e09519cfbb04c329615203637"),
}

NO_DOWNLOAD = "Give a folder that holds MNIST with --data DIR, or train on drawn digits with --data synthetic."


@dataclass(frozen=True)
class Split:
    """Images and what they show.

    Attributes:
        images: (N, 1, 28, 28) float32, normalised with MNIST's mean and standard deviation.
        labels: (N,) int64, 0 to 9.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Data:
    """A data set.

    Attributes:
        name: ``MNIST`` or ``synthetic``.
    """

    name: str
    train: Split
    test: Split


def load(data: str | None, device: torch.device | str = "cpu", say: Callable[[str], None] = lambda _: None) -> Data:
    """Load a data set onto the device.

    Args:
        data: a folder with MNIST's four idx files, raw or gzipped, as it is or as ``MNIST/raw`` in it;
            ``"synthetic"`` for digits drawn by a generator, always the same; None for the download through torchvision.
        device: where the tensors shall lie.
        say: told what is being done, in a few words.

    Raises:
        DataError: a file is missing, truncated or altered, or nothing can be downloaded.
        TutorError: torchvision does not import beside this torch.
    """
    if data == "synthetic":
        say("drawing digits")
        train, test = draw_digits(SYNTHETIC_TRAIN, seed=0), draw_digits(SYNTHETIC_TEST, seed=1)
        return Data("synthetic", _split(*train, device), _split(*test, device))

    torchvision = import_torchvision()
    if data is None:
        cache = platformdirs.user_cache_path("cnn-tutor")
        _download(torchvision, cache, say)
        folder, remedy = cache / "MNIST" / "raw", "Delete this file: the next training downloads it again."
    else:
        folder = _raw_folder(Path(data))
        remedy = "Copy the file again from where it came, or leave out --data to have MNIST downloaded."
    say("reading MNIST")
    with tempfile.TemporaryDirectory(prefix="cnn-tutor-") as root:
        unpacked = Path(root) / "MNIST" / "raw"
        unpacked.mkdir(parents=True)
        for name in MNIST_FILES:
            _unpack(folder, name, unpacked, remedy)
        train_set, test_set = (torchvision.datasets.MNIST(root, train=train) for train in (True, False))
        return Data(
            "MNIST",
            _split(train_set.data, train_set.targets, device),
            _split(test_set.data, test_set.targets, device),
        )


def _split(images: Tensor, labels: Tensor, device: torch.device | str) -> Split:
    """From uint8 (N, 28, 28) and labels (N,)."""
    pixels = images.to(device).unsqueeze(1).float()  # (N, 1, 28, 28)
    return Split(pixels.div_(255).sub_(PIXEL_MEAN).div_(PIXEL_DEVIATION), labels.to(device, torch.int64))


def _raw_folder(folder: Path) -> Path:
    """The folder of the files themselves, in the one that was given."""
    for candidate in (folder, folder / "raw", folder / "MNIST" / "raw"):
        if any(_find(candidate, name) for name in MNIST_FILES):
            return candidate
    if folder.is_file():
        raise DataError(f"{folder}: is a file.", "Give the folder that holds MNIST's four files.")
    wrong = "holds none of MNIST's files" if folder.is_dir() else "there is no such folder"
    raise DataError(f"{folder}: {wrong}.", f"Expected, as they are or gzipped: {', '.join(MNIST_FILES)}.")


def _find(folder: Path, name: str) -> Path | None:
    """The file as it is or, where there is none, gzipped."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.exists()), None)


def _unpack(folder: Path, name: str, to: Path, remedy: str) -> None:
    """Lay down one of MNIST's files decompressed, and verify what was laid down.

    Raises:
        DataError: it is missing, cannot be read, or is not MNIST's.
    """
    path = _find(folder, name)
    if path is None:
        raise DataError(f"{folder / name}: is missing, and so is {name}.gz.", remedy)
    md5 = hashlib.md5(usedforsecurity=False)
    try:
        with _open(path) as source, (to / name).open("wb") as target:
            while chunk := source.read(1 << 20):
                md5.update(chunk)
                target.write(chunk)
            size = target.tell()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: is truncated or damaged: {error}.", remedy) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be unpacked: {error.strerror}.", remedy) from error
    expected_size, expected_md5 = MNIST_FILES[name]
    if size < expected_size:
        raise DataError(f"{path}: is not MNIST's: {size:,} bytes where there should be {expected_size:,}.", remedy)
    if md5.hexdigest() != expected_md5:
        raise DataError(f"{path}: is not MNIST's: its content's md5 is {md5.hexdigest()}, not {expected_md5}.", remedy)


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _download(torchvision: Any, root: Path, say: Callable[[str], None]) -> None:
    """Have torchvision download MNIST, unless it is there.

    Raises:
        DataError: there is no network, or no place.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root / "download.lock"), _timeout(30):
            if not all((root / "MNIST" / "raw" / name).exists() for name in MNIST_FILES):
                say("downloading MNIST, 11 MB")
                torchvision.datasets.MNIST(root, download=True)
    except (RuntimeError, OSError, EOFError, http.client.HTTPException) as error:
        words = " ".join(str(error).split())
        raise DataError(f"MNIST cannot be downloaded to {root}: {words}", NO_DOWNLOAD) from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two trainings that both find nothing must not download into each other's files."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """torchvision's download sets no timeout: where packets are dropped it would wait for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
