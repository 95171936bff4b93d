"""Writing files so that a crash leaves either the old text or the new one, never a part."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to a temporary file beside ``path``, flush it to the disk, and rename it over.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; ``path`` is then as it was.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            Path(temporary).chmod(path.stat().st_mode & 0o777)
        else:
            Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def text_hash(text: str) -> str:
    """SHA-256 of a text, the same for every kind of line ending."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
