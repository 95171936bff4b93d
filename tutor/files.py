"""Texts in files: written so that a crash leaves either the old one or the new one, read as editors save them."""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_SOURCE_BYTES = 1 << 20
"""How large a submission may be."""


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to a temporary file beside ``path``, flush it to the disk, and rename it over.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; ``path`` is then as it was.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    # Who may read it is the user's umask to say.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without the mark that some editors put before it.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
        OSError: it cannot be read.
    """
    return path.read_text(encoding="utf-8-sig")


def text_hash(text: str) -> str:
    """SHA-256 of a text, the same for every kind of line ending."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
