"""`verify --watch` proves again what is saved, and shows what has changed by that."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tutor.authoring.new import Wish, lay_down
from tutor.authoring.problems import Problem, warning
from tutor.authoring.watching import changes
from tutor.course.manifest import with_line

if TYPE_CHECKING:
    from pathlib import Path


class Watched:
    """The command, and what it says, line by line."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "verify", "my-layer", "--watch", "--seeds", "1"],
            cwd=folder,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, text: str, seconds: float = 120.0) -> str:
        deadline, said = time.monotonic() + seconds, ""
        while text not in said:
            said += self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
        return said

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)


def test_what_is_saved_is_proved_again_and_only_what_changed_is_shown(tmp_path: Path) -> None:
    lay_down(tmp_path, Wish("my-layer", "implement"))
    solution, toml = tmp_path / "solutions" / "01_my_layer", tmp_path / "exercises" / "01_my_layer" / "exercise.toml"
    watched = Watched(tmp_path)
    try:
        first = watched.until("Waiting for a file to be saved")
        assert "1 my-layer  proved" in first
        assert "On how many of" in first
        wrong = solution / "wrong" / "averaged.py"
        right = wrong.read_text()
        wrong.write_text(right.replace(" / x.shape[1]", ""))
        spoilt = watched.until("Waiting for a file to be saved")
        assert "1 my-layer  not proved" in spoilt
        assert "solutions/01_my_layer/wrong/averaged.py: passes: no check catches it" in spoilt
        assert "On how many of" not in spoilt
        wrong.write_text(right)
        assert "mended  solutions/01_my_layer/wrong/averaged.py" in watched.until("Waiting for a file to be saved")
        text = toml.read_text()
        toml.write_text(text.replace("level = 2", "level = 22"))
        line = text[: text.index("level = ")].count("\n") + 1
        unread = watched.until("Waiting for a file to be saved")
        assert "the course cannot be read" in unread
        assert "field `level`" in unread
        assert f"(line {line})" in unread
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(20) == 130
    finally:
        watched.process.kill()
        watched.process.wait()


def test_a_problem_is_new_or_gone_or_neither() -> None:
    one, two, three = Problem("a", "x"), warning("a", "y"), Problem("b", "x")
    assert changes([one, two], [two, three]) == ([three], [one])


TOML = """\
format = 1
title = "A layer"
points = 3

[tolerance]
atol = 1
says = "x"

[[check]]
id = "values"
says = "the values"
points = 2

[[check]]
id = "gradients"
points = 1
after = ["nothing"]
"""


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("field `title`: Expected `str`, got `int`", 2),
        ("field `points` of check `gradients`: Expected `float`, got `str`", 16),
        ("field `tolerance.says`: Expected `str`, got `int`", 7),
        ("unknown field `atol` in `tolerance`; did you mean `rtol`?", 6),
        ("unknown field `after` in check `gradients`", 17),
        ("check `gradients` comes after `nothing`, which is no earlier check", 15),
        ("two checks have the id `values`", 10),
        ("missing required field `minutes`", 0),
    ],
)
def test_a_fault_of_a_manifest_names_its_line(fault: str, line: int) -> None:
    assert with_line(fault, TOML) == (f"{fault} (line {line})" if line else fault)
