"""The data of a training, whole and in memory, on the device. Runs in the training process alone."""

from __future__ import annotations

import gzip
import io
import os
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from rich.filesize import decimal

from tutor.errors import DataError, UsageError
from tutor.lab.datasets import DATASETS, SYNTHETIC, Found, dataset_named, identify
from tutor.lab.download import DownloadFailed, alone, fetch
from tutor.lab.synthetic import draw_digits
from tutor.lab.torchvision_pair import import_torchvision

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tutor.lab.datasets import Dataset, IdxFile

SYNTHETIC_TRAIN, SYNTHETIC_TEST = 6000, 1000

# What gzip may add to a file that it cannot make smaller.
GZIP_ADDS = 1 << 16

# Each time it is told how far a download is, a plain terminal gets a line: some twenty at most, unless it is slow.
TELL_EVERY_S, TELL_EVERY_SHARE, TELL_AT_LEAST_EVERY_S = 1.0, 0.05, 10.0


@dataclass(frozen=True)
class Split:
    """Images and what they show.

    Attributes:
        images: (N, 1, 28, 28) float32, normalised with the mean and standard deviation of the training pixels.
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
        name: its title, e.g. ``MNIST``, or ``synthetic``.
    """

    name: str
    train: Split
    test: Split


def load(
    data: str | None,
    device: torch.device | str = "cpu",
    say: Callable[[str], None] = lambda _: None,
    dataset: str = "mnist",
) -> Data:
    """Load a data set onto the device.

    Args:
        data: a folder with the four idx files, raw or gzipped, as it is or as torchvision lays them, e.g.
            ``MNIST/raw`` in it; ``"synthetic"`` for digits drawn by a generator, always the same; None for the
            download from where torchvision says.
        device: where the tensors shall lie.
        say: told what is being done, in a few words.
        dataset: a name of :data:`tutor.lab.datasets.DATASETS`.

    Raises:
        DataError: a file is missing, truncated, altered or another's, or nothing can be downloaded.
        UsageError: there is no such data set, or it cannot be drawn.
        TutorError: torchvision is needed, and does not import beside this torch.
    """
    wanted = dataset_named(dataset)
    if data == SYNTHETIC:
        if dataset != "mnist":
            raise UsageError(f"Drawn digits cannot stand in for {wanted.title}.", f"Leave out --dataset {dataset}.")
        say("drawing digits")
        train, test = draw_digits(SYNTHETIC_TRAIN, seed=0), draw_digits(SYNTHETIC_TEST, seed=1)
        return Data(SYNTHETIC, _split(*train, wanted, device), _split(*test, wanted, device))

    if data is None:
        folder = _downloaded(wanted, say)
        remedy = f"Delete this file: the next training downloads {wanted.title} again."
    else:
        # Not Path.expanduser: it raises where a home is not known; this one leaves "~" as it is.
        folder = _raw_folder(Path(os.path.expanduser(data)), wanted)  # noqa: PTH111
        remedy = f"Copy the file again from where it came, or leave out --data to have {wanted.title} downloaded."
    say(f"reading {wanted.title}")
    train_images, train_labels, test_images, test_labels = (
        _read(folder, file, wanted, remedy, say) for file in wanted.files
    )
    return Data(
        wanted.title,
        _split(train_images, train_labels, wanted, device),
        _split(test_images, test_labels, wanted, device),
    )


def _split(images: Tensor, labels: Tensor, dataset: Dataset, device: torch.device | str) -> Split:
    """From uint8 (N, 28, 28) and labels (N,)."""
    pixels = images.to(device).unsqueeze(1).float()  # (N, 1, 28, 28)
    pixels.div_(255).sub_(dataset.mean).div_(dataset.deviation)
    return Split(pixels, labels.to(device, torch.int64))


def _raw_folder(folder: Path, wanted: Dataset) -> Path:
    """The folder of the files themselves, in the one that was given."""
    for candidate in (folder, folder / "raw", folder / wanted.folder):
        if any(_find(candidate, file) for file in wanted.files):
            return candidate
    if folder.is_file():
        raise DataError(f"{folder}: is a file.", f"Give the folder that holds {wanted.title}'s four files.")
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder.", f"Give the one that holds {wanted.title}'s four files.")
    for other in DATASETS.values():
        if (folder / other.folder).is_dir():
            raise DataError(
                f"{folder}: holds {other.title}, and no {wanted.title}.",
                f"Train on that with --dataset {other.name}, or give the folder that holds {wanted.title}.",
            )
    names = ", ".join(file.name for file in wanted.files)
    raise DataError(f"{folder}: holds none of {wanted.title}'s files.", f"Expected, as they are or gzipped: {names}.")


def _find(folder: Path, file: IdxFile) -> Path | None:
    """The file as it is or, where there is none, gzipped."""
    return next((path for path in (folder / file.name, folder / f"{file.name}.gz") if path.exists()), None)


def _read(folder: Path, file: IdxFile, dataset: Dataset, remedy: str, say: Callable[[str], None]) -> Tensor:
    """Read one of the files and verify it.

    Returns:
        uint8, of the file's shape.

    Raises:
        DataError: it is missing, cannot be read, or is not what it should be.
    """
    path = _find(folder, file)
    if path is None:
        raise DataError(f"{folder / file.name}: is missing, and so is {file.name}.gz.", remedy)
    found = _found(path, file, remedy)
    match identify(found):
        case None:
            if fault := dataset.fault(file, found):
                raise DataError(f"{path}: {fault}.", remedy)
            say(f"reading {dataset.title}; of {path.name} only the form could be verified, as its md5 is not known")
        case other, its_file if other != dataset:
            raise DataError(
                f"{path}: is {other.title}'s {its_file.name}, not {dataset.title}'s.",
                f"Train on it with --dataset {other.name}, or give the folder that holds {dataset.title}.",
            )
        case _, its_file if its_file != file:
            raise DataError(f"{path}: is {dataset.title}'s {its_file.name} under a wrong name.", remedy)
    # A copy, as a tensor must be writable.
    return torch.frombuffer(bytearray(found.content), dtype=torch.uint8, offset=len(file.header)).view(file.shape)


def _found(path: Path, file: IdxFile, remedy: str) -> Found:
    """Read a file, and unpack it where it is gzipped; no more of it than the right one has, and one byte.

    Raises:
        DataError: it cannot be.
    """
    try:
        with path.open("rb") as stream:
            if path.suffix != ".gz":
                return Found(stream.read(file.size + 1))
            gz = stream.read(file.size + GZIP_ADDS)
        with gzip.open(io.BytesIO(gz)) as unpacked:
            return Found(unpacked.read(file.size + 1), gz)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: is truncated or damaged: {error}.", remedy) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}.", remedy) from error


def _downloaded(dataset: Dataset, say: Callable[[str], None]) -> Path:
    """The folder to which a data set was downloaded, now or before.

    Raises:
        DataError: it cannot be downloaded, or not be kept.
        TutorError: it is not there, and torchvision, which knows from where, does not import.
    """
    folder = dataset.cache_folder()
    if not dataset.missing(folder):
        return folder
    mirrors: list[str] = getattr(import_torchvision().datasets, dataset.torchvision).mirrors
    without = "" if dataset.name == "mnist" else " without --dataset"
    instead = (
        f"Give a folder that holds {dataset.title} (--data DIR; in the app: Its files), or train on drawn digits "
        f"(--data synthetic{without}; in the app: Data set)."
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder / "download.lock", lambda: say(f"waiting for another training to download {dataset.title}")):
            missing = dataset.missing(folder)  # another may have downloaded it meanwhile
            if missing:
                # Before the first address is asked: one that does not answer may take half a minute.
                say(f"downloading {dataset.title}")
            for number, file in enumerate(missing, start=1):
                name = f"{file.name}.gz"
                what = f"downloading {dataset.title}, file {number} of {len(missing)}"
                urls = [f"{mirror}{name}" for mirror in mirrors]
                fetch(urls, folder / name, file.gz_md5, file.size + GZIP_ADDS, _now_and_then(what, say))
    except DownloadFailed as failed:
        kept = f"The {decimal(failed.kept)} that have arrived are kept: the next training goes on from there. "
        raise DataError(
            f"{dataset.title} cannot be downloaded: {failed}.", (kept if failed.kept else "") + instead
        ) from failed
    except OSError as error:
        raise DataError(f"{folder}: {dataset.title} cannot be kept there: {error.strerror}.", instead) from error
    return folder


def _now_and_then(what: str, say: Callable[[str], None]) -> Callable[[int, int | None], None]:
    """A progress callback that tells how far a download is, when that is news."""
    told_at, told = -TELL_AT_LEAST_EVERY_S, 0

    def progress(done: int, total: int | None) -> None:
        nonlocal told_at, told
        now = time.monotonic()
        news = done - told >= TELL_EVERY_SHARE * (total or 0)
        if now - told_at >= (TELL_EVERY_S if news else TELL_AT_LEAST_EVERY_S):
            told_at, told = now, done
            say(f"{what}: {decimal(done)}" + (f" of {decimal(total)}" if total else ""))

    return progress
