"""Shell completion, through the protocol that the shells' scripts speak."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tutor.course import Course

    Run = Callable[..., subprocess.CompletedProcess[str]]


def completed(cnn_tutor: Run, tmp_path: Path, line: str, word: int) -> list[str]:
    done = cnn_tutor(cwd=tmp_path, _CNN_TUTOR_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(word))
    assert done.stderr == ""
    return [offer.partition(",")[2] for offer in done.stdout.split()]


def test_commands_are_completed(cnn_tutor: Run, tmp_path: Path) -> None:
    assert completed(cnn_tutor, tmp_path, "cnn-tutor ch", 1) == ["check"]
    assert completed(cnn_tutor, tmp_path, "cnn-tutor --v", 1) == ["--version"]


def test_pictures_and_their_settings_are_completed(cnn_tutor: Run, tmp_path: Path) -> None:
    assert completed(cnn_tutor, tmp_path, "cnn-tutor show convo", 2) == ["convolution"]
    assert completed(cnn_tutor, tmp_path, "cnn-tutor show convolution st", 3) == ["stride="]
    assert completed(cnn_tutor, tmp_path, "cnn-tutor show residual-bl", 2) == ["residual-block"]


def test_exercises_are_completed_by_name_and_number(cnn_tutor: Run, tmp_path: Path, course: Course) -> None:
    for command in ("check", "hint", "watch", "practice"):
        assert completed(cnn_tutor, tmp_path, f"cnn-tutor {command} residual-bl", 2) == ["residual-block"]
    everything = completed(cnn_tutor, tmp_path, "cnn-tutor check ", 2)
    assert everything == [name for one in course.exercises for name in (str(one.number), one.slug)]


def test_options_and_their_values_are_completed(cnn_tutor: Run, tmp_path: Path) -> None:
    assert completed(cnn_tutor, tmp_path, "cnn-tutor check --sub", 2) == ["--submission"]
    assert completed(cnn_tutor, tmp_path, "cnn-tutor check --format j", 3) == ["json", "junit"]


def test_a_command_that_does_not_exist_completes_nothing(cnn_tutor: Run, tmp_path: Path) -> None:
    assert completed(cnn_tutor, tmp_path, "cnn-tutor nonsense x", 2) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(cnn_tutor: Run, tmp_path: Path, shell: str) -> None:
    done = cnn_tutor("completion", shell, cwd=tmp_path)
    assert done.returncode == 0
    assert f"_CNN_TUTOR_COMPLETE={shell}_complete" in done.stdout
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=done.stdout, text=True, check=True)
