"""Downloads from a server that fails in every way that servers and networks do."""

from __future__ import annotations

import random
import subprocess
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from tests.lab import loopback
from tutor.lab import download
from tutor.lab.datasets import md5_of
from tutor.lab.download import DownloadFailed, alone, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.loopback import Server

CONTENT = random.Random(0).randbytes(300_000)
MD5 = md5_of(CONTENT)
LIMIT = len(CONTENT) + 1000
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with loopback.serving() as server:
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.fixture
def part(path: Path) -> Path:
    return path.with_name("file.part")


@pytest.mark.parametrize("answer", [loopback.whole, loopback.in_ranges, loopback.without_length])
def test_a_file_arrives_whole_and_its_progress_is_told(
    server: Server, path: Path, part: Path, answer: loopback.Answer
) -> None:
    told: list[tuple[int, int | None]] = []
    fetch([server.put("/file", CONTENT, answer)], path, MD5, LIMIT, lambda done, total: told.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert not part.exists()
    assert told[0][0] == 0
    assert told[-1][0] == len(CONTENT)
    assert told == sorted(told)
    assert {total for _, total in told} == {None if answer is loopback.without_length else len(CONTENT)}


def test_a_file_that_is_there_is_not_asked_for(server: Server, path: Path) -> None:
    path.write_bytes(CONTENT)
    fetch([server.put("/file", CONTENT)], path, MD5, LIMIT)
    assert server.asked == []


def test_a_file_that_is_there_but_damaged_is_replaced(server: Server, path: Path) -> None:
    path.write_bytes(CONTENT[:-1] + b"?")
    fetch([server.put("/file", CONTENT)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT


def test_a_download_that_breaks_off_again_and_again_goes_on_and_nothing_is_sent_twice(
    server: Server, path: Path
) -> None:
    fetch([server.put("/file", CONTENT, loopback.breaking_off(70_000))], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    ranges = [wanted for _, wanted in server.asked]
    assert ranges == [None, "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"]
    assert server.sent == len(CONTENT)


def test_the_next_try_goes_on_where_the_last_one_ended(server: Server, path: Path, part: Path) -> None:
    url = server.put("/file", CONTENT, loopback.breaking_off(100_000), loopback.failing(503), loopback.in_ranges)
    with pytest.raises(DownloadFailed, match="503 Service Unavailable") as caught:
        fetch([url], path, MD5, LIMIT)
    assert caught.value.kept == 100_000
    assert not path.exists()
    fetch([url], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.sent == len(CONTENT)


def test_the_next_address_goes_on_where_the_last_one_ended(server: Server, path: Path) -> None:
    first = server.put("/one", CONTENT, loopback.breaking_off(100_000), loopback.failing(500))
    fetch([first, server.put("/two", CONTENT)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.asked[-1] == ("/two", "bytes=100000-")


@pytest.mark.parametrize("answer", [loopback.whole, loopback.in_wrong_ranges])
def test_a_server_without_ranges_sends_it_from_the_start(
    server: Server, path: Path, part: Path, answer: loopback.Answer
) -> None:
    part.write_bytes(CONTENT[:1000])
    fetch([server.put("/file", CONTENT, answer)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("arrived", [b"?" * 1000, b"?" * len(CONTENT), CONTENT + b"?"])
def test_a_wrong_part_is_dropped(server: Server, path: Path, part: Path, arrived: bytes) -> None:
    part.write_bytes(arrived)
    fetch([server.put("/file", CONTENT)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.asked[-1] == ("/file", None)


def test_a_part_that_is_whole_gets_its_name(server: Server, path: Path, part: Path) -> None:
    part.write_bytes(CONTENT)
    fetch([server.put("/file", CONTENT)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.asked == []


def test_what_does_not_work_is_told_of_each_address(
    server: Server, path: Path, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.2)
    urls = [
        server.url("/missing"),
        server.put("/login", b"<html>Log in first</html>"),
        server.put("/endless", CONTENT * 2),
        server.put("/silent", CONTENT, loopback.stalling(0)),
        NOWHERE,
    ]
    with pytest.raises(DownloadFailed) as caught:
        fetch(urls, path, MD5, LIMIT)
    faults = [
        "404 Not Found",
        "what it sends is another file, by its md5",
        "it sends more than 301,000 bytes, so this is another file",
        "nothing came for 0.2 seconds",
        "Connection refused",
    ]
    assert str(caught.value) == "; ".join(f"{url}: {fault}" for url, fault in zip(urls, faults, strict=True))
    assert caught.value.kept == 0
    assert not path.exists()


def test_a_wrong_file_at_one_address_is_no_harm_where_another_has_the_right_one(server: Server, path: Path) -> None:
    fetch([server.put("/one", CONTENT[:1000]), server.put("/two", CONTENT)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.asked == [("/one", None), ("/two", None)]


def test_a_connection_that_stalls_is_taken_up_again(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.2)
    fetch([server.put("/file", CONTENT, loopback.stalling(1000), loopback.in_ranges)], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.asked == [("/file", None), ("/file", "bytes=1000-")]


def test_a_disk_that_takes_nothing_is_not_blamed_on_the_server(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        fetch([server.put("/file", CONTENT)], tmp_path / "nowhere" / "file", MD5, LIMIT)


FETCH = """
import sys
from pathlib import Path
from tutor.lab.download import fetch
url, path, md5, limit = sys.argv[1:]
fetch([url], Path(path), md5, int(limit), lambda done, _total: print(done, flush=True))
"""


@pytest.mark.parametrize("arrived", [1_000, 200_000])
def test_a_killed_download_has_lost_nothing(server: Server, path: Path, part: Path, arrived: int) -> None:
    url = server.put("/file", CONTENT, loopback.stalling(arrived), loopback.in_ranges)
    process = subprocess.Popen(
        [sys.executable, "-c", FETCH, url, str(path), MD5, str(LIMIT)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == arrived:
                break
        process.kill()
    assert part.read_bytes() == CONTENT[:arrived]
    fetch([url], path, MD5, LIMIT)
    assert path.read_bytes() == CONTENT
    assert server.asked[-1] == ("/file", f"bytes={arrived}-")


def test_one_waits_for_the_other(tmp_path: Path) -> None:
    order: list[str] = []
    waits = Event()

    def second() -> None:
        with alone(tmp_path / "lock", waits.set):
            order.append("second")

    with alone(tmp_path / "lock", lambda: order.append("waited for nobody")):
        thread = Thread(target=second)
        thread.start()
        assert waits.wait(60)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]
