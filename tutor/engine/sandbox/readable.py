"""What a submission may read: Python's library, PyTorch and what it stands on, and the system's libraries.

Nothing of ours, nothing of the course, and nothing of the user's. Where a folder holds both, as ``site-packages``
does, its entries are named one by one.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = (
    *("torch", "torchgen", "functorch", "triton", "nvidia", "cuda"),
    *("numpy", "numpy.libs", "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "fsspec", "filelock"),
    *("typing_extensions.py", "packaging", "einops", "opt_einsum", "_distutils_hack"),
)
"""torch, and what torch imports when it needs it."""

LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64")
FILES = (
    *("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/sys/devices/system/cpu"),
    *("/dev/zero", "/dev/random", "/dev/urandom"),
)
WRITABLE = ("/dev/null",)

OURS = Path(__file__).resolve().parents[3]
"""The folder that the ``tutor`` package lies in."""


def readable() -> tuple[str, ...]:
    """Files and folders that a submission may read, each with all that is in it."""
    found = (*_standard_library(), *_packages(), *_libraries(), *FILES)
    return tuple(sorted({path for path in map(os.path.realpath, found) if not _holds_ours(path)}))


def _standard_library() -> Iterator[str]:
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        for name in _entries(folder):
            # Other people's packages lie inside Python's own folder.
            if name not in ("site-packages", "dist-packages"):
                yield os.path.join(folder, name)


def _packages() -> Iterator[str]:
    for folder in sys.path:
        for name in PACKAGES:
            if folder:
                yield os.path.join(folder, name)


def _libraries() -> Iterator[str]:
    for folder in (*LIBRARIES, *(os.path.join(prefix, "lib") for prefix in {sys.prefix, sys.base_prefix})):
        for name in _entries(folder):
            # There are the packages of this Python and of others; what of them may be read is named above.
            if not name.startswith("python"):
                yield os.path.join(folder, name)


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _holds_ours(path: str) -> bool:
    """Whether our package lies in ``path``, or ``path`` in the folder of our package alone."""
    return OURS.is_relative_to(path) or Path(path).is_relative_to(OURS / "tutor")
