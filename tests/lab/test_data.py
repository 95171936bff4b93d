"""Data that is not there, or not what it should be. The real MNIST stands in test_real_mnist.py."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

import pytest

from tutor.errors import DataError
from tutor.lab.data import MNIST_FILES, load

if TYPE_CHECKING:
    from pathlib import Path

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def lay_down_fake(folder: Path, gzipped: bool) -> None:
    """Well-formed idx files with two images a set, which are not MNIST's."""
    folder.mkdir(parents=True)
    for name in MNIST_FILES:
        if "images" in name:
            content = struct.pack(">IIII", 0x803, 2, 28, 28) + bytes(2 * 784)
        else:
            content = struct.pack(">II", 0x801, 2) + bytes([3, 7])
        if gzipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("place", [".", "raw", "MNIST/raw"])
def test_well_formed_files_that_are_not_mnists_are_refused(tmp_path: Path, place: str, gzipped: bool) -> None:
    lay_down_fake(tmp_path / "given" / place, gzipped)
    with pytest.raises(DataError, match="not MNIST's: 1,584 bytes where there should be 47,040,016") as caught:
        load(str(tmp_path / "given"))
    assert IMAGES in caught.value.message
    assert "--data" in caught.value.remedy


@pytest.mark.parametrize("gzipped", [False, True])
def test_an_altered_file_of_the_right_size_is_named(
    tmp_path: Path, gzipped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_down_fake(tmp_path / "given", gzipped)
    monkeypatch.setitem(MNIST_FILES, IMAGES, (1584, MNIST_FILES[IMAGES][1]))
    with pytest.raises(DataError, match=r"train-images.*not MNIST's: its content's md5 is .*, not 6bbc9ace"):
        load(str(tmp_path / "given"))


def test_a_truncated_gzip_is_named(tmp_path: Path) -> None:
    lay_down_fake(tmp_path / "given", gzipped=True)
    path = tmp_path / "given" / f"{IMAGES}.gz"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz: is truncated or damaged"):
        load(str(tmp_path / "given"))


def test_what_is_no_gzip_is_named(tmp_path: Path) -> None:
    lay_down_fake(tmp_path / "given", gzipped=True)
    (tmp_path / "given" / f"{IMAGES}.gz").write_bytes(b"<html>not found</html>")
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz: is truncated or damaged: Not a gzipped file"):
        load(str(tmp_path / "given"))


@pytest.mark.parametrize("name", MNIST_FILES)
def test_each_missing_file_is_named(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_down_fake(tmp_path / "given", gzipped=False)
    for other in MNIST_FILES:
        content = (tmp_path / "given" / other).read_bytes()
        monkeypatch.setitem(MNIST_FILES, other, (len(content), md5_of(content)))
    (tmp_path / "given" / name).unlink()
    with pytest.raises(DataError, match=f"{name}: is missing"):
        load(str(tmp_path / "given"))


def test_files_that_are_as_they_should_be_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_down_fake(tmp_path / "given", gzipped=True)
    for name in MNIST_FILES:
        content = gzip.decompress((tmp_path / "given" / f"{name}.gz").read_bytes())
        monkeypatch.setitem(MNIST_FILES, name, (len(content), md5_of(content)))
    data = load(str(tmp_path / "given"))
    assert data.name == "MNIST"
    assert data.train.images.shape == data.test.images.shape == (2, 1, 28, 28)
    assert data.train.labels.tolist() == [3, 7]


def md5_of(content: bytes) -> str:
    import hashlib

    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_a_folder_without_any_and_no_folder_and_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds none of MNIST's files") as caught:
        load(str(tmp_path))
    assert all(name in caught.value.remedy for name in MNIST_FILES)
    with pytest.raises(DataError, match="there is no such folder"):
        load(str(tmp_path / "nowhere"))
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="is a file"):
        load(str(tmp_path / "file"))


def test_without_network_and_data_both_ways_out_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torchvision = pytest.importorskip("torchvision")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path / "cache")
    # Port 9 of this machine: refused at once.
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DataError, match="cannot be downloaded") as caught:
        load(None)
    assert "--data DIR" in caught.value.remedy
    assert "--data synthetic" in caught.value.remedy


def test_a_download_that_broke_off_is_named_and_not_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path / "cache")
    lay_down_fake(tmp_path / "cache" / "MNIST" / "raw", gzipped=False)
    with pytest.raises(DataError, match="not MNIST's") as caught:
        load(None)
    assert "downloads it again" in caught.value.remedy
