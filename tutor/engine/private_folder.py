"""Removing a folder that a submission has written to: however deep it is, and whatever its files are called."""

from __future__ import annotations

import contextlib
import os


def remove_folder(folder: str) -> None:
    """Remove a folder and all that is in it; what cannot be removed stays.

    Folders inside are moved up to the top before they are looked into: neither their depth nor the length of their
    paths matters, as both would to :func:`shutil.rmtree`. Nobody may write to it meanwhile.
    """
    moved = 0
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError):
            # A submission may have locked its own folders.
            os.chmod(current, 0o700)
            with os.scandir(current) as entries:
                for entry in list(entries):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                        continue
                    if current == folder:
                        waiting.append(entry.path)
                        continue
                    moved += 1
                    os.chmod(entry.path, 0o700)
                    place = os.path.join(folder, f"{moved}.moved-up-to-be-removed")
                    os.rename(entry.path, place)
                    waiting.append(place)
            if current != folder:
                os.rmdir(current)
    with contextlib.suppress(OSError):
        os.rmdir(folder)
