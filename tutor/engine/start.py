"""Starting an engine's process. Imports no torch."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course import CourseLocation


def start_engine(course: CourseLocation, descriptor: int, role: list[str], errors: IO[bytes] | int) -> EngineProcess:
    """Start ``python -m tutor.engine``, which is to talk over ``descriptor``.

    It has a session of its own, so that a Ctrl-C in the terminal is none to it, and nothing of ours but that
    descriptor, so that neither a terminal nor a pipe is kept open by it.

    Args:
        course: where its course lies.
        descriptor: a socket; it has this number there too.
        role: what the socket is; see :mod:`tutor.engine.__main__`.
        errors: where its stderr goes.

    Raises:
        OSError: it cannot be started.
    """
    return subprocess.Popen(
        [
            *(sys.executable, *isolation(), "-m", "tutor.engine"),
            *(str(course.exercises), str(course.solutions), role[0], str(descriptor), *role[1:]),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        pass_fds=(descriptor,),
        cwd="/",
        env=environment(),
        start_new_session=True,
    )


def isolation() -> list[str]:
    """Python's options for an engine: neither the current folder nor ``PYTHON*`` variables decide what it imports.

    The user's own site-packages count only where they do for us: cnn-tutor may be installed there.
    """
    return ["-E", "-P"] if site.ENABLE_USER_SITE else ["-I"]


def environment() -> dict[str, str]:
    """A clean environment: one thread for every numeric library, no GPU, nothing that changes what Python imports."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    single = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **single, "CUDA_VISIBLE_DEVICES": "", "PYTHONUTF8": "1"}


EngineProcess = subprocess.Popen[bytes]
