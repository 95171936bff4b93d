"""The files below a folder or in a zip archive: found and read without anything ever being unpacked or followed.

Nothing is written, no link is followed, and no name decides where anything is read from but the name in the listing
itself; so a path that climbs out leads nowhere. Of each file at most :data:`tutor.files.MAX_SOURCE_BYTES` are ever
decompressed, and of an archive within a learner's own files at most :data:`MAX_INNER_BYTES`.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_INNER_BYTES = 32 << 20
"""How large a learner's archive may be."""
MAX_INNER_MEMBERS = 20_000
"""How many files and folders may be in it."""
MAX_NAME = 255
"""How long a part of a path may be, as file systems have it."""
ARCHIVE = ".zip"
OTHER_ARCHIVES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
ORDINARY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What :mod:`zipfile` raises for an archive that is damaged, encrypted or packed in a way that it does not know."""


class Unreadable(Exception):
    """What was handed in cannot be read; the message says why."""


@dataclass(frozen=True)
class Member:
    """One file.

    Attributes:
        parts: its path below what was listed, part by part.
        where: as a person finds it.
        at: when it was last changed, in UTC; None where nothing says.
        read: gives its first so many bytes; raises :class:`Unreadable`.
    """

    parts: tuple[str, ...]
    where: str
    at: datetime | None
    read: Callable[[int], bytes]

    @property
    def name(self) -> str:
        """Its last part."""
        return self.parts[-1]

    @property
    def is_archive(self) -> bool:
        """Whether it is called one."""
        return self.name.lower().endswith(ARCHIVE)


@dataclass(frozen=True)
class Refused:
    """What is no file that may be read.

    Attributes:
        parts: as :class:`Member` has it, as far as it is a path at all.
        why: in words.
    """

    parts: tuple[str, ...]
    where: str
    why: str


Listed = Member | Refused


def in_folder(root: Path) -> Iterator[Listed]:
    """All files below a folder, in the order of their names.

    Raises:
        UsageError: the folder itself cannot be read.
    """
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise UsageError(f"{root}: cannot be read: {error.strerror}") from None
    return _below(root, ())


def _below(folder: Path, parts: tuple[str, ...]) -> Iterator[Listed]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield Refused(parts, str(folder), f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        its, path = (*parts, entry.name), folder / entry.name
        if entry.is_symlink():
            yield Refused(its, str(path), "is a link; links are not followed")
        elif entry.is_dir():
            yield from _below(path, its)
        elif entry.is_file():
            yield Member(its, str(path), _of_epoch(entry.stat().st_mtime), _reader_of(path))
        else:
            yield Refused(its, str(path), "is no file but a device, a pipe or a socket")


def _of_epoch(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _reader_of(path: Path) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        try:
            # Whoever could put a link or a pipe in its place since: it is neither followed nor waited for.
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Unreadable("is no file any more")
                return file.read(count)
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror}") from None

    return read


@contextmanager
def in_archive(path: Path) -> Iterator[Iterator[Listed]]:
    """All files in a zip archive; they can be read for as long as this is open.

    Raises:
        UsageError: it is none, or cannot be read.
    """
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise UsageError(f"{path}: cannot be read as a zip archive: {_in_words(error)}") from None
    with archive:
        yield _members(archive, (), str(path))


def in_inner_archive(member: Member) -> list[Listed]:
    """All files in an archive that is itself a file of a learner's; below it as its parts have it.

    Raises:
        Unreadable: it is no zip archive, or too large.
    """
    data = member.read(MAX_INNER_BYTES + 1)
    if len(data) > MAX_INNER_BYTES:
        raise Unreadable(f"is larger than {MAX_INNER_BYTES >> 20} MiB")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise Unreadable(f"cannot be read as a zip archive: {_in_words(error)}") from None
    if len(archive.infolist()) > MAX_INNER_MEMBERS:
        raise Unreadable(f"has more than {MAX_INNER_MEMBERS:,} files")
    return list(_members(archive, member.parts, member.where))


def _members(archive: zipfile.ZipFile, above: tuple[str, ...], where: str) -> Iterator[Listed]:
    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        parts, place = tuple(info.filename.rstrip("/").split("/")), f"{where}:{info.filename}"
        kind = stat.S_IFMT(info.external_attr >> 16)
        if any(part in ("", ".", "..") or "\\" in part for part in parts) or ":" in parts[0]:
            yield Refused(above, place, "has a path that leads out of the archive")
        elif any(len(part) > MAX_NAME for part in parts):
            yield Refused(above, f"{place[:MAX_NAME]} …", "has a name that is too long")
        elif info.is_dir():
            continue
        elif kind not in (0, stat.S_IFREG):
            yield Refused((*above, *parts), place, "is a link or a device; links are not followed")
        else:
            yield Member((*above, *parts), place, _of_zip(info), _inflater(archive, info))


def _of_zip(info: zipfile.ZipInfo) -> datetime | None:
    """Zip archives have local times without a zone; whose is nobody's knowledge, so they are taken for ours."""
    try:
        return datetime(*info.date_time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _inflater(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        if info.compress_type not in ORDINARY:
            # The others can ask for gigabytes of memory before the first byte is there.
            raise Unreadable("is packed in a way that is not read; make an ordinary zip archive")
        try:
            file: IO[bytes]
            with archive.open(info) as file:
                return file.read(count)
        except BROKEN as error:
            raise Unreadable(f"cannot be read: {_in_words(error)}") from None

    return read


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
