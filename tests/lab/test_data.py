"""Data that is given as a folder: what is there is read, and what is not as it should be is named. What is read here
has a few images; the real MNIST stands in test_real_mnist.py.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import torch

from tests.lab.tiny_datasets import TEST, TRAIN, Tiny, use_tiny_datasets
from tutor.errors import DataError, UsageError
from tutor.lab.data import load
from tutor.lab.datasets import DATASETS

if TYPE_CHECKING:
    from pathlib import Path

NAMES = tuple(file.name for file in DATASETS["mnist"].files)
IMAGES, LABELS = NAMES[:2]
HEADER = 16


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, Tiny]:
    return use_tiny_datasets(monkeypatch)


@pytest.fixture
def given(tmp_path: Path, tiny: dict[str, Tiny]) -> Path:
    """A folder with MNIST's files, raw."""
    tiny["mnist"].lay_down(tmp_path / "given", gzipped=False)
    return tmp_path / "given"


def refused(folder: Path, dataset: str = "mnist") -> tuple[str, str]:
    """What is said of a folder that is refused, and what to do."""
    with pytest.raises(DataError) as caught:
        load(str(folder), dataset=dataset)
    return caught.value.message, caught.value.remedy


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("place", [".", "raw", "as torchvision lays it"])
@pytest.mark.parametrize("name", DATASETS)
def test_what_is_as_it_should_be_is_read(
    tmp_path: Path, tiny: dict[str, Tiny], name: str, place: str, gzipped: bool
) -> None:
    one = tiny[name]
    one.lay_down(tmp_path / (one.dataset.folder if "torchvision" in place else place), gzipped)
    data = load(str(tmp_path), dataset=name)
    assert data.name == one.dataset.title
    assert data.train.images.shape == (TRAIN, 1, 28, 28)
    assert data.test.images.shape == (TEST, 1, 28, 28)
    assert (data.train.images.dtype, data.train.labels.dtype) == (torch.float32, torch.int64)
    assert bytes(data.train.labels) == one.raw[LABELS][8:]
    pixels = data.train.images * one.dataset.deviation + one.dataset.mean
    assert bytes((pixels * 255).round().to(torch.uint8).flatten()) == one.raw[IMAGES][HEADER:]


def test_the_folder_may_be_in_the_users_own(tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(load("~/given").train) == TRAIN


def test_a_file_that_was_compressed_anew_is_known_by_its_content(tmp_path: Path, tiny: dict[str, Tiny]) -> None:
    tiny["mnist"].lay_down(tmp_path)
    (tmp_path / f"{IMAGES}.gz").write_bytes(gzip.compress(tiny["mnist"].raw[IMAGES], 1, mtime=1))
    said: list[str] = []
    assert len(load(str(tmp_path), say=said.append).train) == TRAIN
    assert said == ["reading MNIST"]


@pytest.mark.parametrize("name", NAMES)
def test_each_missing_file_is_named(given: Path, name: str) -> None:
    (given / name).unlink()
    message, remedy = refused(given)
    assert message == f"{given / name}: is missing, and so is {name}.gz."
    assert "--data" in remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<html>not found</html>", "is not MNIST's: 22 bytes where there should be 23,536"),
        (b"\0" * 23_536, "is not MNIST's, or was altered: its content's md5 is"),
        (b"\0" * 23_537, "is not MNIST's: more than the 23,536 bytes that there should be"),
        (b"\0" * 1_000_000, "is not MNIST's: more than the 23,536 bytes that there should be"),
    ],
    ids=["empty", "a page", "other bytes", "one byte more", "many bytes more"],
)
@pytest.mark.parametrize("gzipped", [False, True])
def test_what_is_not_the_file_is_named(given: Path, content: bytes, words: str, gzipped: bool) -> None:
    path = given / IMAGES
    if gzipped:
        path.unlink()
        path = given / f"{IMAGES}.gz"
    path.write_bytes(gzip.compress(content) if gzipped else content)
    message, remedy = refused(given)
    assert message.startswith(f"{path}: {words}")
    assert "--data" in remedy


def test_a_truncated_file_is_named(given: Path) -> None:
    path = given / IMAGES
    path.write_bytes(path.read_bytes()[:-100])
    assert refused(given)[0] == f"{path}: is truncated: 23,436 bytes where there should be 23,536."


@pytest.mark.parametrize("byte", [HEADER - 1, HEADER, -1])
def test_one_altered_byte_is_found(given: Path, byte: int) -> None:
    content = bytearray((given / IMAGES).read_bytes())
    content[byte] ^= 1
    (given / IMAGES).write_bytes(content)
    assert "was altered: its content's md5 is" in refused(given)[0]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda gz: gz[:-12], "is truncated or damaged: Compressed file ended"),
        (lambda gz: gz[:-5] + bytes([gz[-5] ^ 1]) + gz[-4:], "is truncated or damaged: CRC check failed"),
        (lambda gz: gz[:30] + bytes(50) + gz[80:], "is truncated or damaged"),
        (lambda gz: b"<html>not found</html>", "is truncated or damaged: Not a gzipped file"),
        (lambda gz: b"", "is empty"),
    ],
    ids=["truncated", "altered at the end", "altered", "a page", "empty"],
)
def test_a_damaged_gzip_is_named(tmp_path: Path, tiny: dict[str, Tiny], spoil: object, words: str) -> None:
    assert callable(spoil)
    tiny["mnist"].lay_down(tmp_path)
    path = tmp_path / f"{IMAGES}.gz"
    path.write_bytes(spoil(path.read_bytes()))
    assert refused(tmp_path)[0].startswith(f"{path}: {words}")


def test_what_cannot_be_read_is_named(given: Path) -> None:
    (given / IMAGES).unlink()
    (given / IMAGES).mkdir()
    assert refused(given)[0] == f"{given / IMAGES}: cannot be read: Is a directory."


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("wanted", ["mnist", "kmnist"])
def test_another_data_sets_files_are_recognised(
    tmp_path: Path, tiny: dict[str, Tiny], wanted: str, gzipped: bool
) -> None:
    tiny["fashion-mnist"].lay_down(tmp_path, gzipped)
    message, remedy = refused(tmp_path, wanted)
    assert f"is Fashion-MNIST's {IMAGES}, not {DATASETS[wanted].title}'s." in message
    assert "--dataset fashion-mnist" in remedy


def test_a_folder_of_another_data_set_is_recognised(tmp_path: Path, tiny: dict[str, Tiny]) -> None:
    tiny["kmnist"].lay_down(tmp_path / "KMNIST" / "raw")
    message, remedy = refused(tmp_path)
    assert message == f"{tmp_path}: holds KMNIST, and no MNIST."
    assert "--dataset kmnist" in remedy


def test_files_that_were_mixed_up_are_recognised(given: Path) -> None:
    (given / IMAGES).rename(given / "other")
    (given / "t10k-images-idx3-ubyte").rename(given / IMAGES)
    assert refused(given)[0] == f"{given / IMAGES}: is MNIST's t10k-images-idx3-ubyte under a wrong name."


def test_of_a_file_without_known_md5_the_form_is_verified_and_that_is_said(
    tmp_path: Path, tiny: dict[str, Tiny]
) -> None:
    tiny["kmnist"].lay_down(tmp_path, gzipped=False)
    said: list[str] = []
    load(str(tmp_path), say=said.append, dataset="kmnist")
    assert said[0] == "reading KMNIST"
    assert [line.split("; ")[1] for line in said[1:]] == [
        f"of {name} only the form could be verified, as its md5 is not known" for name in NAMES
    ]
    tiny["kmnist"].lay_down(tmp_path / "gzipped")
    load(str(tmp_path / "gzipped"), say=said.append, dataset="kmnist")
    assert said[5:] == ["reading KMNIST"]


@pytest.mark.parametrize(
    ("name", "byte", "words"),
    [
        (IMAGES, 3, "its header does not announce 30 × 28 × 28 bytes"),
        (LABELS, 7, "its header does not announce 30 bytes"),
        (LABELS, -1, "it has labels above 9"),
    ],
)
def test_a_file_without_known_md5_must_have_the_right_form(
    tmp_path: Path, tiny: dict[str, Tiny], name: str, byte: int, words: str
) -> None:
    tiny["kmnist"].lay_down(tmp_path, gzipped=False)
    content = bytearray((tmp_path / name).read_bytes())
    content[byte] += 10
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path, "kmnist")[0] == f"{tmp_path / name}: is not KMNIST's: {words}."


def test_a_folder_without_any_and_no_folder_and_a_file(tmp_path: Path) -> None:
    message, remedy = refused(tmp_path)
    assert message == f"{tmp_path}: holds none of MNIST's files."
    assert all(name in remedy for name in NAMES)
    assert "there is no such folder" in refused(tmp_path / "nowhere")[0]
    (tmp_path / "file").touch()
    assert "is a file" in refused(tmp_path / "file")[0]


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(UsageError, match='no data set "cifar"') as caught:
        load(None, dataset="cifar")
    assert caught.value.remedy == "The lab has: mnist, fashion-mnist, kmnist."


def test_drawn_digits_are_no_clothes() -> None:
    with pytest.raises(UsageError, match="cannot stand in for Fashion-MNIST") as caught:
        load("synthetic", dataset="fashion-mnist")
    assert "--dataset" in caught.value.remedy
