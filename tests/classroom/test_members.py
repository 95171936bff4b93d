"""Files in folders and archives: found and read, and nothing else ever happens."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from tutor.classroom.members import (
    MAX_INNER_BYTES,
    MAX_INNER_MEMBERS,
    Listed,
    Member,
    Refused,
    Unreadable,
    in_archive,
    in_folder,
    in_inner_archive,
)
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 30, 12, 0, 0)), data, compression)
    return out.getvalue()


def listed(path: Path) -> list[Listed]:
    with in_archive(path) as found:
        return list(found)


def read_all(path: Path) -> dict[str, bytes]:
    with in_archive(path) as found:
        return {"/".join(one.parts): one.read(100) for one in found if isinstance(one, Member)}


def inner(data: bytes) -> list[Listed]:
    return in_inner_archive(Member(("ada", "work.zip"), "work.zip", None, lambda count: data[:count]))


def test_a_folders_files_come_in_order_with_their_times(tmp_path: Path) -> None:
    for name in ("b/deep/two.py", "a/one.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(name)
        os.utime(path, (86400, 86400))
    found = list(in_folder(tmp_path))
    assert [one.parts for one in found] == [("a", "one.py"), ("b", "deep", "two.py")]
    assert isinstance(found[0], Member)
    assert found[0].read(100) == b"a/one.py"
    assert found[0].at is not None
    assert found[0].at.isoformat() == "1970-01-02T00:00:00+00:00"


def test_links_pipes_and_closed_folders_are_refused_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("the instructor's")
    theirs = tmp_path / "class" / "ada"
    theirs.mkdir(parents=True)
    (theirs / "scale.py").symlink_to(secret)
    (theirs / "up").symlink_to(tmp_path)
    os.mkfifo(theirs / "pipe.py")
    found = list(in_folder(tmp_path / "class"))
    assert {one.parts[-1]: one.why for one in found if isinstance(one, Refused)} == {
        "scale.py": "is a link; links are not followed",
        "up": "is a link; links are not followed",
        "pipe.py": "is no file but a device, a pipe or a socket",
    }
    assert len(found) == 3


def test_a_file_that_became_a_link_since_it_was_listed_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "scale.py").write_text("theirs")
    (one,) = in_folder(tmp_path)
    assert isinstance(one, Member)
    (tmp_path / "scale.py").unlink()
    (tmp_path / "scale.py").symlink_to("/etc/passwd")
    with pytest.raises(Unreadable):
        one.read(10)


def test_an_archives_members_are_read_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({"ada/scale.py": b"hers", "bob/": b"", "bob/scale.py": b"his"}))
    assert read_all(path) == {"ada/scale.py": b"hers", "bob/scale.py": b"his"}
    assert sorted(found.name for found in tmp_path.iterdir()) == ["class.zip"]


@pytest.mark.parametrize(
    "name", ["../out.py", "/etc/out.py", "ada/../../out.py", "ada\\..\\out.py", "C:/out.py", "a//b.py"]
)
def test_a_path_that_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({"ada/fine.py": b"", name: b"evil"}))
    refused = [one for one in listed(path) if isinstance(one, Refused)]
    assert [one.why for one in refused] == ["has a path that leads out of the archive"]
    assert "out.py" in refused[0].where or "b.py" in refused[0].where


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("ada/scale.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (one,) = listed(path)
    assert isinstance(one, Refused)
    assert one.parts == ("ada", "scale.py")


def test_of_a_bomb_no_more_is_unpacked_than_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({"ada/scale.py": bytes(64 << 20)}))
    assert path.stat().st_size < 1 << 20
    assert read_all(path) == {"ada/scale.py": bytes(100)}


def test_what_could_ask_for_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({"ada/scale.py": b"x"}, zipfile.ZIP_LZMA))
    with in_archive(path) as found:
        (one,) = found
        assert isinstance(one, Member)
        with pytest.raises(Unreadable, match="make an ordinary zip archive"):
            one.read(10)


def test_an_encrypted_member_and_a_damaged_one_say_so(tmp_path: Path) -> None:
    data = bytearray(zipped({"scale.py": b"hers" * 100}, zipfile.ZIP_STORED))
    damaged = bytes(data).replace(b"hershers", b"hershora", 1)
    (one,) = inner(damaged)
    assert isinstance(one, Member)
    with pytest.raises(Unreadable, match="CRC"):
        one.read(1000)
    # The bit for "encrypted", in the directory and before the member.
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    struct.pack_into("<H", data, 6, 1)
    (one,) = inner(bytes(data))
    assert isinstance(one, Member)
    with pytest.raises(Unreadable, match="encrypted"):
        one.read(10)


def test_an_inner_archive_that_is_none_is_too_large_or_too_full_says_so() -> None:
    with pytest.raises(Unreadable, match="zip"):
        inner(b"Rar!")
    with pytest.raises(Unreadable, match="larger than 32 MiB"):
        inner(bytes(MAX_INNER_BYTES + 1))
    with pytest.raises(Unreadable, match="more than 20,000 files"):
        inner(zipped({f"{number}.py": b"" for number in range(MAX_INNER_MEMBERS + 1)}, zipfile.ZIP_STORED))


def test_what_is_no_archive_or_no_folder_is_the_callers_fault(tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_text("no archive")
    with pytest.raises(UsageError, match=r"class\.zip: cannot be read as a zip archive"):
        listed(tmp_path / "class.zip")
    with pytest.raises(UsageError, match="cannot be read"):
        in_folder(tmp_path / "nothing")


def test_a_name_may_be_any_bytes(tmp_path: Path) -> None:
    odd = os.fsdecode(b"a\xffb\n\x1b[2J\xf0\x9f\x90\x8d.py")
    (tmp_path / odd).write_text("x")
    (one,) = in_folder(tmp_path)
    assert one.parts == (odd,)
    assert isinstance(one, Member)
    assert one.read(10) == b"x"
