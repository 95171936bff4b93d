from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from threading import Timer
from typing import TYPE_CHECKING

from rich.console import Console

from tutor.lab.follow import follow
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def console(terminal: bool) -> Console:
    return Console(
        file=io.StringIO(), force_terminal=terminal, width=80, _environ={"TERM": "xterm-256color"} if terminal else {}
    )


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_where_no_terminal_is_each_test_is_a_line(finished: Any) -> None:
    lines = finished.printed.splitlines()
    assert "\x1b" not in finished.printed
    assert lines[0] == "loading PyTorch …"
    assert any("not MNIST, 6,000 + 1,000 images" in line and "seed 1" in line for line in lines)
    tests = [line for line in lines if "test" in line and "step" in line]
    assert len(tests) == 16
    assert tests[7].startswith("base CNN  step 94/94  loss 0.")
    assert "samples/s" in tests[7]
    assert "left" in tests[7]


def test_in_a_terminal_each_network_has_a_bar(finished: Any) -> None:
    fancy = console(terminal=True)
    state = follow(finished.run, finished.process, fancy)
    shown = text_of(fancy)
    assert "━" in shown
    assert "loss" in shown
    assert shown.count("94/94") >= 2
    for curves in state.curves.values():
        assert f"test {curves.accuracy:.2f} %" in shown
    assert "finished after 0:" in shown


def test_a_dumb_terminal_gets_lines(finished: Any) -> None:
    dumb = Console(file=io.StringIO(), force_terminal=True, color_system=None, _environ={"TERM": "dumb"})
    follow(finished.run, finished.process, dumb)
    assert "━" not in text_of(dumb)
    assert text_of(dumb).count("\n") == finished.printed.count("\n")


def test_a_training_that_dies_is_not_waited_for(start: Callable[[Plan], Any]) -> None:
    training = start(Plan("bn", data="synthetic", recipe=Recipe(epochs=1000)))
    training.process.kill()
    state = follow(training.run, training.process, console(terminal=False))
    assert state.failed is not None


CTRL_C = """
import sys
from pathlib import Path
from rich.console import Console
from tutor.lab.follow import follow
from tutor.lab.recipe import Recipe
from tutor.lab.launching import start_run
from tutor.lab.plan import Plan
run, process = start_run(Path(sys.argv[1]), Plan("bn", data="synthetic", recipe=Recipe(epochs=1000)))
try:
    follow(run, process, Console(stderr=True))
except KeyboardInterrupt:
    print(process.returncode, run.alive(), "torch" in sys.modules)
"""


def test_ctrl_c_stops_the_training_and_says_where_it_is_kept(tmp_path: Path) -> None:
    face = subprocess.Popen(
        [sys.executable, "-u", "-c", CTRL_C, str(tmp_path / "runs")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert face.stderr is not None
    deadline = Timer(60, face.kill)
    deadline.start()
    try:
        for line in face.stderr:
            if "step" in line:
                break
        face.send_signal(signal.SIGINT)
        printed, said = face.communicate()
    finally:
        deadline.cancel()
    assert face.returncode == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert f"kept in {folder}\n" in said
    assert printed == "0 False False\n"
    assert '"stopped"' in (folder / "events.jsonl").read_text()
