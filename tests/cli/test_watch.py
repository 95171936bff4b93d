"""Watching a file: every kind of save, every key, every way to leave."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tutor.course import builtin_course, load_course
from tutor.watch.saves import WatchedFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Run = Callable[..., subprocess.CompletedProcess[str]]
    InTerminal = Callable[..., AbstractContextManager[Any]]

COURSE = load_course(builtin_course())
BLOCK = COURSE.find("residual-block")
FOLLOWING = COURSE.exercises[COURSE.exercises.index(BLOCK) + 1]
RIGHT = BLOCK.reference("ada")
WRONG = next(answer.source for answer in BLOCK.wrong if answer.check == "forward")
PASSED, NOT_YET = f"Passed  {BLOCK.number}", f"Not yet  {BLOCK.number}"
ENDLESS = (
    "from torch import nn\nclass ResidualBlock(nn.Module):\n    def __init__(self, *sizes):\n        while True: pass\n"
)
WATCH = [sys.executable, "-m", "tutor", "watch"]


@pytest.fixture
def path(folder: Path) -> Path:
    """The learner's file of the block."""
    return folder / "exercises" / BLOCK.manifest.folder / BLOCK.filename


def attempts(folder: Path, cnn_tutor: Run) -> int:
    listed = json.loads(cnn_tutor("list", "--format", "json", cwd=folder).stdout)
    return int(next(entry["attempts"] for entry in listed if entry["slug"] == BLOCK.slug))


def save_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def save_by_rename(path: Path, text: str) -> None:
    beside = path.with_name("4913~")
    beside.write_text(text)
    beside.rename(path)


def save_as_vim_does(path: Path, text: str) -> None:
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def save_in_bursts(path: Path, text: str) -> None:
    with path.open("w") as file:
        for part in (text[:20], text[20:]):
            file.write(part)
            file.flush()
    os.utime(path)
    path.chmod(0o644)


def test_every_kind_of_save_is_checked(in_terminal: InTerminal, folder: Path, path: Path, cnn_tutor: Run) -> None:
    path.write_text(WRONG)
    with in_terminal(folder, "watch", "24") as watching:
        watching.wait_for(NOT_YET)
        for save in (save_in_place, save_by_rename, save_as_vim_does, save_in_bursts):
            save(path, RIGHT + f"# {save.__name__}\n")
            watching.wait_for(PASSED)
            save(path, WRONG + f"# {save.__name__}\n")
            watching.wait_for(NOT_YET)
        watching.press("q")
        assert watching.end() == 0
    assert attempts(folder, cnn_tutor) >= 9


def test_at_the_end_it_says_how_to_go_on_where_one_stood(in_terminal: InTerminal, folder: Path, path: Path) -> None:
    path.write_text(RIGHT)
    with in_terminal(folder, "watch", "24") as watching:
        watching.wait_for(PASSED)
        watching.press("n")
        watching.wait_for(f"Not started  {FOLLOWING.number}")
        watching.press("q")
        watching.wait_for(f"To go on: cnn-tutor watch {FOLLOWING.number}\n")
        assert watching.end() == 0


def test_the_newest_text_cancels_the_check_of_an_older_one(
    in_terminal: InTerminal, folder: Path, path: Path, cnn_tutor: Run
) -> None:
    path.write_text(ENDLESS)
    with in_terminal(folder, "watch", "24") as watching:
        watching.wait_for("Checking: ")
        path.write_text(RIGHT)
        watching.wait_for(PASSED)
        watching.press("q")
        assert watching.end() == 0
    assert attempts(folder, cnn_tutor) == 1


def test_the_keys(in_terminal: InTerminal, folder: Path, path: Path) -> None:
    path.write_text(RIGHT)
    first = COURSE.exercises[0]
    with in_terminal(folder, "watch", "24") as watching:
        shown = watching.wait_for("Passed – n: next exercise")
        assert PASSED in shown
        watching.wait_for(f" 1/{len(COURSE.exercises)}")
        watching.press("?")
        watching.wait_for("put the starter back; your text is kept")
        watching.press("?h")
        watching.wait_for(f"Hint 1 of {len(BLOCK.manifest.hints)}")
        watching.press("h")
        watching.wait_for(f"Hint 2 of {len(BLOCK.manifest.hints)}")
        watching.press("n")
        watching.wait_for(f"{FOLLOWING.number} {FOLLOWING.title}")
        watching.wait_for(f"Not started  {FOLLOWING.number}")
        watching.press("l1\r")
        watching.wait_for(f"Not started  {first.number}")
        watching.press("p")
        watching.wait_for("This is the first exercise.")
        watching.press("l")
        watching.wait_for("✓ passed")
        watching.press("99\r")
        watching.wait_for("there is no exercise '99'")
        watching.press("24\r")
        watching.wait_for(PASSED)
        watching.press("r")
        watching.wait_for(PASSED)
        watching.press("c")
        watching.wait_for("Every exercise is checked.")
        watching.press("xn")
        watching.wait_for("y/n")
        watching.press("l")
        watching.wait_for("✓ passed")
        assert path.read_text() == RIGHT
        watching.press("xy")
        watching.wait_for(f"Not started  {BLOCK.number}")
        assert path.read_text() == BLOCK.starter("ada")
        watching.press("\x1b[A")
        watching.press("q")
        assert watching.end() == 0


def test_after_two_failures_a_hint_is_offered(in_terminal: InTerminal, folder: Path, path: Path) -> None:
    path.write_text(WRONG)
    with in_terminal(folder, "watch", "24") as watching:
        assert "h shows a hint" not in watching.wait_for(f" 0/{len(COURSE.exercises)}")
        watching.wait_for(NOT_YET)
        path.write_text(WRONG + "# again\n")
        watching.wait_for("Stuck? h shows a hint.")
        watching.press("h" * len(BLOCK.manifest.hints))
        watching.wait_for(f"Hint {len(BLOCK.manifest.hints)} of")
        watching.wait_for("Stuck? All hints are shown. Our solution: cnn-tutor solution 24 --give-up")
        watching.press("q")
        assert watching.end() == 0


def test_after_a_pass_hints_are_gone(in_terminal: InTerminal, folder: Path, path: Path) -> None:
    path.write_text(WRONG)
    with in_terminal(folder, "watch", "24") as watching:
        watching.wait_for(NOT_YET)
        watching.press("h")
        watching.wait_for("Hint 1 of")
        watching.wait_for(f" 0/{len(COURSE.exercises)}")
        path.write_text(RIGHT)
        watching.wait_for(PASSED)
        assert "Hint 1 of" not in watching.wait_for(f" 1/{len(COURSE.exercises)}")
        watching.press("q")
        assert watching.end() == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_however_it_is_left_nothing_stays_behind(
    in_terminal: InTerminal, folder: Path, path: Path, number: signal.Signals, status: int
) -> None:
    path.write_text(ENDLESS)
    with in_terminal(folder, "watch", "24", "--no-daemon") as watching:
        watching.wait_for(f"Checking: {BLOCK.manifest.check[0].says[:20]}")
        left = watching.processes()
        assert len(left) >= 3, "engine, server of workers, worker"
        if number == signal.SIGINT:
            watching.press("\x03")
        else:
            watching.process.send_signal(number)
        assert watching.end() == status
        assert not [pid for pid in left if is_alive(pid)]


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_without_a_terminal_it_prints_each_verdict(program: type[Any], folder: Path, path: Path) -> None:
    path.write_text(WRONG)
    process = subprocess.Popen(
        [*WATCH, "24"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    watching = program(process, process.stdout.fileno(), -1)
    shown = watching.wait_for(NOT_YET)
    assert "n next" not in shown
    path.write_text(RIGHT)
    shown = watching.wait_for(f" 1/{len(COURSE.exercises)}")
    assert PASSED in shown
    assert "\x1b" not in shown
    process.send_signal(signal.SIGINT)
    assert watching.end() == 130
    assert process.communicate()[1] == b"\ninterrupted\n"


def test_it_does_not_need_the_systems_notifications(
    program: type[Any], folder: Path, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "blind").mkdir()
    (tmp_path / "blind" / "watchfiles.py").write_text("def watch(*a, **k): raise OSError('no watches left')\n")
    path.write_text(WRONG)
    process = subprocess.Popen(
        [*WATCH, "24"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "blind")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    watching = program(process, process.stdout.fileno(), -1)
    watching.wait_for(NOT_YET)
    path.write_text(RIGHT)
    watching.wait_for(PASSED)
    process.terminate()
    assert watching.end() == 143
    process.stdout.close()


def test_forty_columns_are_enough(in_terminal: InTerminal, folder: Path, path: Path) -> None:
    path.write_text(WRONG)
    with in_terminal(folder, "watch", "24", columns=40) as watching:
        shown = watching.wait_for(NOT_YET)
        shown += watching.wait_for(f" 0/{len(COURSE.exercises)}")
        watching.press("l")
        shown += watching.wait_for(f" 0/{len(COURSE.exercises)}")
        assert [one for one in re.split(r"[\r\n]+", shown) if len(one) > 40] == []
        watching.press("q")
        assert watching.end() == 0


def test_a_file_that_is_missing_or_no_text_is_said_so(in_terminal: InTerminal, folder: Path, path: Path) -> None:
    path.unlink()
    with in_terminal(folder, "watch", "24") as watching:
        watching.wait_for("x lays down its starter")
        path.write_bytes(b"\xff\xfe")
        watching.wait_for("is not UTF-8 text")
        path.write_text(RIGHT)
        watching.wait_for(PASSED)
        watching.press("q")
        assert watching.end() == 0


def test_an_emptied_file_is_believed_the_second_time(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_text("one\n")
    file = WatchedFile(path, path.read_text)
    assert [file.new_text(), file.new_text()] == ["one\n", None]
    path.write_text("")
    assert file.new_text() is None
    assert file.new_text() == ""
    path.write_text("")
    path.write_text("two\n")
    assert file.new_text() == "two\n"
    path.unlink()
    assert file.new_text() is None
    assert file.is_missing()
    path.write_text("two\n")
    assert file.new_text() is None
