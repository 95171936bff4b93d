from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

IMPORT_IT = """
from tutor.errors import TutorError
from tutor.lab.torchvision_pair import import_torchvision
try:
    import_torchvision()
except TutorError as error:
    print(error.message)
    print(error.remedy)
"""


@pytest.mark.parametrize(
    "breaks",
    [
        'raise RuntimeError("operator torchvision::nms does not exist")',
        'raise OSError("_C.so: undefined symbol: _ZN3c104cuda")',
        'raise ImportError("libcudart.so.13: cannot open shared object file")',
    ],
)
def test_a_torchvision_that_does_not_fit_is_named_in_words(tmp_path: Path, breaks: str) -> None:
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(breaks)
    process = subprocess.run(
        [sys.executable, "-c", IMPORT_IT],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    message, remedy = process.stdout.splitlines()
    assert f"torchvision {version('torchvision')}" in message
    assert f"torch {version('torch')}" in message
    assert breaks.split('"')[1] in message
    assert "pip install" in remedy
    assert "torch torchvision" in remedy
    assert process.stderr == ""
