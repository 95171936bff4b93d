"""Data that is downloaded, from a server on this machine."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from rich.filesize import decimal

from tests.lab import loopback
from tests.lab.tiny_datasets import TRAIN, Tiny, use_tiny_datasets
from tutor.errors import DataError
from tutor.lab import data, download
from tutor.lab.data import load
from tutor.lab.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.loopback import Server

torchvision = pytest.importorskip("torchvision")

IMAGES = "train-images-idx3-ubyte.gz"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, Tiny]:
    return use_tiny_datasets(monkeypatch)


@pytest.fixture
def server(cache: Path, tiny: dict[str, Tiny], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Has all data sets, each in a folder with the name of torchvision's class, from which that class downloads."""
    monkeypatch.setenv("no_proxy", "*")
    with loopback.serving() as server:
        for one in tiny.values():
            name = one.dataset.torchvision
            monkeypatch.setattr(getattr(torchvision.datasets, name), "mirrors", [server.url(f"/{name}/")])
            for file, content in one.gz.items():
                server.put(f"/{name}/{file}", content)
        yield server


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_is_downloaded_once(server: Server, tiny: dict[str, Tiny], cache: Path, name: str) -> None:
    one = tiny[name].dataset
    said: list[str] = []
    loaded = load(None, say=said.append, dataset=name)
    assert loaded.name == one.title
    assert len(loaded.train) == TRAIN
    assert [path for path, _ in server.asked] == [f"/{one.torchvision}/{file.name}.gz" for file in one.files]
    assert said[1] == f"downloading {one.title}, file 1 of 4: 0 bytes of {decimal(len(tiny[name].gz[IMAGES]))}"
    assert list(dict.fromkeys(line.split(":")[0] for line in said)) == [
        f"downloading {one.title}",
        *(f"downloading {one.title}, file {number} of 4" for number in (1, 2, 3, 4)),
        f"reading {one.title}",
    ]
    assert all((cache / one.folder / file).exists() for file in tiny[name].gz)
    load(None, dataset=name)
    assert len(server.asked) == 4


def test_what_was_downloaded_before_needs_no_torchvision_and_no_writing(
    server: Server, tiny: dict[str, Tiny], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny["mnist"].lay_down(cache / "MNIST" / "raw")
    monkeypatch.setitem(sys.modules, "torchvision", None)
    assert len(load(None).train) == TRAIN
    assert len(list((cache / "MNIST" / "raw").iterdir())) == 4


@pytest.mark.parametrize("spoilt", [b"", b"?"])
def test_only_what_is_missing_or_damaged_is_downloaded(
    server: Server, tiny: dict[str, Tiny], cache: Path, spoilt: bytes
) -> None:
    tiny["mnist"].lay_down(cache / "MNIST" / "raw")
    path = cache / "MNIST" / "raw" / IMAGES
    path.write_bytes(spoilt + path.read_bytes()[len(spoilt) :] if spoilt else b"")
    assert len(load(None).train) == TRAIN
    assert server.asked == [(f"/MNIST/{IMAGES}", None)]


def test_the_next_mirror_is_asked_where_one_fails(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [server.url("/gone/"), server.url("/MNIST/")])
    assert len(load(None).train) == TRAIN
    assert [path for path, _ in server.asked[:2]] == [f"/gone/{IMAGES}", f"/MNIST/{IMAGES}"]


@pytest.mark.parametrize("every_s", [0, data.TELL_EVERY_S])
def test_progress_is_told_now_and_then_and_not_with_each_piece(
    server: Server, monkeypatch: pytest.MonkeyPatch, every_s: float
) -> None:
    monkeypatch.setattr(data, "TELL_EVERY_S", every_s)
    monkeypatch.setattr(download, "CHUNK", 50)
    said: list[str] = []
    load(None, say=said.append)
    assert 1 <= len([line for line in said if "file 1 of 4" in line]) <= 21


def test_of_two_trainings_at_once_one_downloads(server: Server) -> None:
    server.answers[f"/MNIST/{IMAGES}"] = [loopback.after_release]
    said: list[str] = []

    def say(what: str) -> None:
        said.append(what)
        if what.startswith("waiting"):
            server.released.set()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(load, None, "cpu", say) for _ in range(2)]
    assert [len(one.result().train) for one in both] == [TRAIN, TRAIN]
    assert len(server.asked) == 4
    assert said.count("waiting for another training to download MNIST") == 1
    assert said.count("downloading MNIST") == 1


@pytest.mark.parametrize("name", DATASETS)
def test_without_network_and_data_both_ways_out_are_offered(
    server: Server, tiny: dict[str, Tiny], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    one = tiny[name].dataset
    # Port 9 of this machine: refused at once.
    mirrors = ["http://127.0.0.1:9/", server.url("/gone/")]
    monkeypatch.setattr(getattr(torchvision.datasets, one.torchvision), "mirrors", mirrors)
    with pytest.raises(DataError) as caught:
        load(None, dataset=name)
    assert caught.value.message.startswith(f"{one.title} cannot be downloaded: ")
    assert f"http://127.0.0.1:9/{IMAGES}: Connection refused; {server.url('/gone/')}" in caught.value.message
    assert caught.value.remedy.startswith(
        f"Give a folder that holds {one.title} (--data DIR; in the app: Its files), or train"
    )
    assert "--data synthetic" in caught.value.remedy
    assert ("without --dataset" in caught.value.remedy) == (name != "mnist")


def test_where_a_download_breaks_off_for_good_it_is_said_that_the_next_goes_on(server: Server) -> None:
    path = f"/MNIST/{IMAGES}"
    server.answers[path] = [loopback.breaking_off(100), loopback.failing(503), loopback.in_ranges]
    with pytest.raises(DataError, match="503 Service Unavailable") as caught:
        load(None)
    assert caught.value.remedy.startswith("The 100 bytes that have arrived are kept: the next training goes on")
    assert len(load(None).train) == TRAIN
    assert server.asked[2] == (path, "bytes=100-")


def test_a_cache_that_cannot_be_written_to_is_named(server: Server, cache: Path) -> None:
    cache.write_text("a file in the way")
    with pytest.raises(DataError, match="cannot be kept there: Not a directory") as caught:
        load(None)
    assert str(cache) in caught.value.message
    assert "--data DIR" in caught.value.remedy


@pytest.mark.parametrize("name", DATASETS)
def test_the_table_has_the_files_that_torchvision_has(name: str) -> None:
    dataset = DATASETS[name]
    its_class = getattr(torchvision.datasets, dataset.torchvision)
    assert its_class.resources == [(f"{file.name}.gz", file.gz_md5) for file in dataset.files]
    # torchvision's own names for MNIST are "0 - zero" and so on.
    assert [name.lower().split(" - ")[0] for name in its_class.classes] == [name.lower() for name in dataset.classes]


def test_faces_can_read_the_table_without_torch() -> None:
    look = (
        "import sys, tutor.lab.datasets, tutor.lab.download; print({'torch', 'torchvision', 'numpy'} & {*sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"
