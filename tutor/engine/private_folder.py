"""Removing a folder that a submission has written to: however deep it is, and whatever its files are called."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it; what cannot be removed stays.

    Folders inside are moved up to the top before they are looked into: neither their depth nor the length of their
    paths matters, as both would to :func:`shutil.rmtree`. Nobody may write to it meanwhile.
    """
    moved = 0
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError):
            for path in _entries(current):
                if not _is_folder(path):
                    path.unlink()
                elif current == folder:
                    waiting.append(path)
                else:
                    moved += 1
                    # To move a folder elsewhere is to write to it.
                    path.chmod(0o700)
                    waiting.append(path.rename(folder / f"{moved}.moved-up-to-be-removed"))
            if current != folder:
                current.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, whose rights the submission may have taken away."""
    folder.chmod(0o700)
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
