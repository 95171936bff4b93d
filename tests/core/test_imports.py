"""What a command does not need is not imported before it runs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tutor.cli import COMMANDS
from tutor.course import builtin_course, load_course
from tutor.workspace import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("torch", "torchvision", "textual", "numpy")
NOT_FOR_HELP = (*HEAVY, "click", "rich", "msgspec", "sqlite3", "tomllib", "dataclasses", "pathlib", "watchfiles")


@pytest.mark.parametrize(
    "module",
    ["tutor.cli", "tutor.course", "tutor.workspace", "tutor.progress", "tutor.verdict", "tutor.engine.client",
     "tutor.group", "tutor.watch.session", "tutor.doctor.examine", "tutor.junit", "tutor.practice", "tutor.update",
     "tutor.engine.sandbox", "tutor.hostile",
     "tutor.lab.plan", "tutor.lab.runs", "tutor.lab.launching", "tutor.lab.events", "tutor.lab.run_state",
     "tutor.lab.follow", "tutor.lab.experiments", "tutor.lab.mine", "tutor.lab.comparing",
     "tutor.lab.report", "tutor.lab.classifying",
     "tutor.draw.verdict", "tutor.draw.results", "tutor.draw.layer_table", "tutor.draw.worst_digits",
     "tutor.draw.linear.inspected",
     "tutor.classroom.collect", "tutor.classroom.gradebook", "tutor.classroom.grading", "tutor.classroom.workers",
     "tutor.classroom.exports", "tutor.classroom.exports.table", "tutor.classroom.report.writing",
     "tutor.plain.conversation", "tutor.pytest_plugin.nodes"],
)  # fmt: skip
def test_a_face_imports_neither_torch_nor_textual(module: str) -> None:
    assert imported_by(f"import {module}") == []


@pytest.mark.parametrize(
    "arguments", [["check", "--help"], ["watch", "--help"], ["--version"], ["list"], ["hint", "1"]]
)
def test_what_needs_no_verdict_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    make_workspace(tmp_path, load_course(builtin_course()), "ada")
    assert imported_by(running(arguments), cwd=tmp_path) == []


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_imports_next_to_nothing(option: str) -> None:
    assert imported_by(running([option]), NOT_FOR_HELP) == []


@pytest.mark.parametrize("arguments", [["list"], ["hint", "1"], ["hint", "exercise", "conv-output-shape"]])
def test_the_second_list_or_hint_imports_next_to_nothing(arguments: list[str], tmp_path: Path) -> None:
    make_workspace(tmp_path, load_course(builtin_course()), "ada")
    assert "click" in imported_by(running(arguments), ("click",), tmp_path)
    may = {"sqlite3"}
    assert imported_by(running(arguments), tuple(name for name in NOT_FOR_HELP if name not in may), tmp_path) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_imported_when_it_runs(name: str) -> None:
    others = tuple(f"tutor.commands.{other}" for other in COMMANDS if other != name)
    assert imported_by(running([name, "--help"]), (*HEAVY, *others)) == []


def running(arguments: list[str]) -> str:
    return f"import sys; sys.argv[1:] = {arguments}\nfrom tutor.cli import main\ntry: main()\nexcept SystemExit: pass"


def imported_by(code: str, which: tuple[str, ...] = HEAVY, cwd: Path | None = None) -> list[str]:
    # Without what this environment's own path files import.
    report = (
        f"import sys; before = set(sys.modules)\n{code}\n"
        f"print('heavy', *(name for name in {which} if name in sys.modules and name not in before))"
    )
    done = subprocess.run([sys.executable, "-c", report], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()[1:]
