"""What a command does not need is not imported before it runs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "textual", "numpy")


@pytest.mark.parametrize(
    "module",
    ["tutor.cli", "tutor.course", "tutor.workspace", "tutor.progress", "tutor.verdict", "tutor.engine.client",
     "tutor.engine.sandbox", "tutor.hostile",
     "tutor.lab.runs", "tutor.lab.events", "tutor.lab.follow", "tutor.draw.verdict", "tutor.draw.results"],
)  # fmt: skip
def test_a_face_imports_neither_torch_nor_textual(module: str) -> None:
    assert imported_by(f"import {module}") == []


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = f"import sys; sys.argv[1:] = {arguments}\nfrom tutor.cli import main\ntry: main()\nexcept SystemExit: pass"
    assert imported_by(code) == []


def imported_by(code: str) -> list[str]:
    report = f"{code}\nimport sys; print('heavy', *(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()[1:]
