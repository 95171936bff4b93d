"""The doctor says what works here and what does not, and never falls ill itself."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tutor import __version__
from tutor.doctor.examine import _torch_and_data

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

TOPICS = ["Python", "terminal", "cnn-tutor", "workspace", "torch", "GPU", "data", "sandbox", "engine", "checks"]


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    report = json.loads(done.stdout)
    assert report["format"] == 1
    assert report["can_check"] is (done.returncode == 0)
    return {finding["topic"]: finding for finding in report["findings"]}


def test_a_machine_where_checks_run(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("doctor", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stdout
    found = findings(done)
    assert list(found) == TOPICS
    assert found["cnn-tutor"]["facts"]["version"] == __version__
    assert found["workspace"]["facts"]["learner"] == "ada"
    assert (found["workspace"]["facts"]["edited"], found["workspace"]["facts"]["passed"]) == (0, 0)
    assert found["torch"]["facts"]["torch"]
    assert found["checks"]["facts"]["verdict"] == "pass"
    assert found["sandbox"]["facts"]["layers"]


def test_in_words_and_in_forty_columns(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("doctor", cwd=folder, COLUMNS="40")
    assert done.returncode == 0
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 40
    for topic in TOPICS:
        assert f" {topic} " in done.stdout
    assert done.stderr.endswith("Checks can run here.\n")


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        ("raise ImportError('libcudart.so.13: cannot open shared object file')", "libcudart.so.13"),
        ("import os; os.kill(os.getpid(), 11)", "ends Python with signal 11"),
        ("raise SystemExit(5)", "exit status 5"),
    ],
)
def test_a_broken_torch_does_not_take_the_doctor_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: str, says: str
) -> None:
    (tmp_path / "torch.py").write_text(breaks)
    python = tmp_path / "python"
    python.write_text(
        f"#!{sys.executable}\nimport runpy, sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        "runpy.run_module(sys.argv[3], run_name='__main__')\n"
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    (finding,) = _torch_and_data()
    assert (finding.topic, finding.state) == ("torch", "bad")
    assert says in finding.says
    assert "pip install" in finding.remedy


def test_a_folder_that_is_in_no_workspace(cnn_tutor: Run, tmp_path: Path) -> None:
    found = findings(cnn_tutor("doctor", "--format", "json", cwd=tmp_path))
    assert found["workspace"]["state"] == "note"
    assert "cnn-tutor init" in found["workspace"]["remedy"]


def test_a_damaged_progress_file_is_said_and_left(cnn_tutor: Run, folder: Path) -> None:
    database = folder / ".cnn-tutor" / "progress.sqlite"
    database.write_bytes(b"no database at all " * 100)
    found = findings(cnn_tutor("doctor", "--format", "json", cwd=folder))
    assert found["workspace"]["state"] == "note"
    assert "sets it aside" in found["workspace"]["remedy"]
    assert database.read_bytes() == b"no database at all " * 100
    assert [path.name for path in (folder / ".cnn-tutor").iterdir() if "unreadable" in path.name] == []
