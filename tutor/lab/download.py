"""Downloading a file over HTTP so that what has arrived is never fetched twice. Imports no torch.

It arrives in ``NAME.part``, which outlives a broken connection, Ctrl-C and a crash. The next try asks for the rest only
(a range request, RFC 9110, section 14), and the file gets its name once its md5 is right.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tutor.lab.datasets import has_md5

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from http.client import HTTPResponse
    from pathlib import Path

# Of connecting, and of each wait for more bytes; not of the whole.
TIMEOUT_S = 30.0
CHUNK = 1 << 16


class DownloadFailed(Exception):
    """No address gave the file.

    Args:
        faults: what went wrong with each address, in words.
        kept: how many bytes have arrived, from which the next try goes on.
    """

    def __init__(self, faults: Sequence[str], kept: int) -> None:
        super().__init__("; ".join(faults))
        self.kept = kept


class _Fault(Exception):
    """What went wrong with one address."""


def fetch(
    urls: Sequence[str],
    path: Path,
    md5: str,
    limit: int,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> None:
    """Download a file, unless it is there.

    Args:
        urls: where it lies, to be tried in this order.
        path: where it is put; it is there whole or not at all.
        md5: the only one that it may have.
        limit: how many bytes it has at most; whoever sends more is not listened to.
        progress: told how many bytes have arrived, and of how many where the server tells that.

    Raises:
        DownloadFailed: no address gave it.
        OSError: it cannot be written.
    """
    if has_md5(path, md5):
        return
    part = path.with_name(f"{path.name}.part")
    faults = []
    for url in urls:
        try:
            _complete(part, url, md5, limit, progress)
        except _Fault as fault:
            faults.append(f"{url}: {fault}")
        else:
            part.replace(path)
            return
    raise DownloadFailed(faults, kept=_size(part))


@contextmanager
def alone(lock: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Keep other processes from downloading into the same folder at the same time.

    Args:
        lock: a file to lock; however this process ends, the lock goes with it.
        waiting: called once where another holds the lock.
    """
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _complete(part: Path, url: str, md5: str, limit: int, progress: Callable[[int, int | None], None]) -> None:
    """Bring what has arrived to its end from one address.

    Raises:
        _Fault: this address does not give the file.
    """
    whole = has_md5(part, md5)  # it is where the last try ended between the last byte and the renaming
    while not whole:
        had = _size(part)
        try:
            began_at = _receive(part, url, had, limit, progress)
        except _Fault:
            # A connection that breaks off now and then still brings the file, piece by piece.
            if _size(part) > had:
                continue
            raise
        whole = has_md5(part, md5)
        if not whole:
            part.unlink()
            if began_at == 0:
                raise _Fault("what it sends is another file, by its md5")


def _receive(part: Path, url: str, had: int, limit: int, progress: Callable[[int, int | None], None]) -> int:
    """Append what is missing or, where the server gives no ranges, write the whole anew.

    Returns:
        At which byte it began.

    Raises:
        _Fault: it did not come to its end.
    """
    with (
        _asked(url, had) as response,
        part.open("ab" if response.status == HTTPStatus.PARTIAL_CONTENT else "wb") as file,
    ):
        began_at = done = file.tell()
        length = response.headers.get("Content-Length", "")
        total = began_at + int(length) if length.isdecimal() else None
        progress(done, total)
        for chunk in _chunks(response):
            done += len(chunk)
            if done > limit:
                file.truncate(0)
                raise _Fault(f"it sends more than {limit:,} bytes, so this is another file")
            file.write(chunk)
            # What is still in this process's own buffer would be lost with it.
            file.flush()
            progress(done, total)
        os.fsync(file.fileno())
    if total is not None and done < total:
        raise _Fault(f"the connection broke off after {done:,} of {total:,} bytes")
    return began_at


def _asked(url: str, had: int) -> HTTPResponse:
    """The answer to a request for what comes after the first ``had`` bytes, or for the whole where that is not given.

    Raises:
        _Fault: there is none, or it is an error.
    """
    headers = {"User-Agent": "cnn-tutor"} | ({"Range": f"bytes={had}-"} if had else {})
    try:
        # A server may send another part than was asked for, or of another file: the md5 tells in the end.
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=TIMEOUT_S)
    except HTTPError as error:
        error.close()
        if had and error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _asked(url, 0)
        raise _Fault(f"{error.code} {error.reason}") from None
    except (OSError, HTTPException) as error:
        raise _Fault(_words(error)) from None
    return response


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    """What is sent, as it arrives.

    Raises:
        _Fault: the connection broke off, or nothing came for too long.
    """
    try:
        # Not read(): it would wait for the whole chunk, and a broken connection would take what has come of it along.
        while chunk := response.read1(CHUNK):
            yield chunk
    except (OSError, HTTPException) as error:
        raise _Fault(_words(error)) from None


def _words(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return f"nothing came for {TIMEOUT_S:g} seconds"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return " ".join(str(reason).split()) or type(error).__name__


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
