"""What a submission may read: Python's library, PyTorch and what it stands on, and the system's libraries.

Nothing of ours, nothing of the course, and nothing of the user's. Where a folder holds both, as ``site-packages``
does, its entries are named one by one.
"""

from __future__ import annotations

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

LIBRARIES = tuple(
    map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64")),
)
FILES = (
    *map(Path, ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/sys/devices/system/cpu")),
    *map(Path, ("/dev/zero", "/dev/random", "/dev/urandom")),
)
WRITABLE = (Path("/dev/null"),)

OURS = Path(__file__).resolve().parents[3]
"""The folder that the ``tutor`` package lies in."""


def readable() -> tuple[Path, ...]:
    """Files and folders that a submission may read, each with all that is in it."""
    found = {path.resolve() for path in (*_standard_library(), *_packages(), *_libraries(), *FILES)}
    return tuple(sorted(path for path in found if not _holds_ours(path)))


def _standard_library() -> Iterator[Path]:
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        # Other people's packages lie inside Python's own folder.
        yield from (path for path in _entries(folder) if path.name not in ("site-packages", "dist-packages"))


def _packages() -> Iterator[Path]:
    yield from (Path(folder) / name for folder in sys.path if folder for name in PACKAGES)


def _libraries() -> Iterator[Path]:
    for folder in (*LIBRARIES, Path(sys.prefix) / "lib", Path(sys.base_prefix) / "lib"):
        # There are the packages of this Python and of others; what of them may be read is named above.
        yield from (path for path in _entries(folder) if not path.name.startswith("python"))


def _entries(folder: str | Path) -> list[Path]:
    try:
        return list(Path(folder).iterdir())
    except OSError:
        return []


def _holds_ours(path: Path) -> bool:
    """Whether our package lies in ``path``, or ``path`` in our package."""
    return OURS.is_relative_to(path) or path.is_relative_to(OURS / "tutor")
