"""A file that is no text is refused in words, and never gets so far as to be judged."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tutor", *arguments], cwd=cwd, capture_output=True, text=True)


def test_a_file_that_is_not_utf8_is_refused_with_its_name_and_place(tmp_path: Path) -> None:
    assert run("init", "--learner", "ada", cwd=tmp_path).returncode == 0
    (tmp_path / "mine.py").write_bytes("name = 'Müller'\n".encode("latin-1"))
    done = run("check", "residual-block", "--submission", "mine.py", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "mine.py: is not UTF-8 text (byte 9)" in done.stderr
    assert "Traceback" not in done.stderr
