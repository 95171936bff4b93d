"""Running the command line as a learner does, each command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tutor.course import Course, builtin_course, load_course

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def course() -> Course:
    """The course that ships."""
    return load_course(builtin_course())


@pytest.fixture(scope="session")
def cnn_tutor() -> Run:
    """Runs a command to its end; engines that stay up are not for tests."""

    def run(
        *arguments: str | Path,
        cwd: Path,
        stdin: str = "",
        preexec: Callable[[], None] | None = None,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tutor", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", "CNN_TUTOR_NO_DAEMON": "1", **environment},
            input=stdin,
            capture_output=True,
            text=True,
            preexec_fn=preexec,
        )

    return run


@pytest.fixture
def folder(tmp_path: Path, cnn_tutor: Run) -> Path:
    """A workspace of Ada's."""
    root = tmp_path / "course"
    assert cnn_tutor("init", root, "--learner", "ada", cwd=tmp_path).returncode == 0
    return root
