"""What a learner did is kept, and counted right."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tutor.progress import Progress, ProgressError
from tutor.verdict import CheckResult, Counterexample, Verdict, VerdictName, WrongValue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with Progress(tmp_path / "progress.sqlite") as progress:
        yield progress


RECORD = """
import sys
from pathlib import Path
from tutor.progress import Progress, ProgressError
from tutor.verdict import Verdict
verdict = Verdict("conv2d", 3, "fail", 0.0, 2.0, 1, {}, ())
"""
RECORD_FOR_EVER = (
    RECORD
    + """
with Progress(Path(sys.argv[1])) as progress:
    while True:
        progress.record(verdict, "x" * 20000)
        print("finished", flush=True)
"""
)
# A file may not grow: what a full disk is to it.
RECORD_TOO_MUCH = (
    RECORD
    + """
import resource
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    with Progress(Path(sys.argv[1])) as progress:
        progress.record(verdict, "x" * 200000)
except ProgressError as error:
    print(type(error).__name__)
    print(error)
with Progress(Path(sys.argv[1])) as progress:
    print(progress.standings()["conv2d"].attempts)
"""
)


def verdict(name: VerdictName, score: float = 0.0, exercise: str = "conv2d") -> Verdict:
    example = Counterexample("x = 1", "output", (0, 1), "1", "2", 3, 4)
    wrong = (WrongValue("q1", (0,), "3"),)
    check = CheckResult("a", "says", "fail", 0.0, 2.0, "off", "m", example, wrong)
    return Verdict(exercise, 3, name, score, 2.0, 1, {"atol": 0.1}, (check,), "m", "an m", "", "printed", 1.5)


def test_a_verdict_comes_back_as_it_was(progress: Progress) -> None:
    progress.record(verdict("fail"), "the text γ")
    assert progress.last_attempt("conv2d") == (verdict("fail"), "the text γ")
    assert progress.last_attempt("lenet") is None


def test_a_later_failure_takes_no_pass_away(progress: Progress) -> None:
    for name, score in (("fail", 1.0), ("pass", 2.0), ("error", 0.0)):
        progress.record(verdict(name, score), "")  # type: ignore[arg-type]
    standing = progress.standings()["conv2d"]
    assert (standing.attempts, standing.passed, standing.best_score, standing.max_score) == (3, True, 2.0, 2.0)
    assert standing.last_verdict == "error"


def test_an_untouched_starter_and_a_failed_grader_are_no_attempts(progress: Progress) -> None:
    progress.record(verdict("not_started"), "")
    progress.record(verdict("grader_error"), "")
    assert progress.standings() == {}
    assert progress.failures_since_pass("conv2d") == 0


def test_failures_are_counted_since_the_last_pass(progress: Progress) -> None:
    names: list[VerdictName] = ["fail", "pass", "fail", "not_started", "timeout"]
    for name in names:
        progress.record(verdict(name), "")
    progress.record(verdict("fail", exercise="lenet"), "")
    assert progress.failures_since_pass("conv2d") == 2


def test_hints_settings_and_kept_texts(progress: Progress) -> None:
    assert progress.hints_shown("conv2d") == 0
    progress.set_hints_shown("conv2d", 2)
    assert progress.hints_shown("conv2d") == 2
    assert progress.setting("learner") is None
    progress.set_setting("learner", "ada")
    assert progress.setting("learner") == "ada"
    assert progress.last_kept_text("conv2d") is None
    for text in ("one", "two"):
        progress.keep_text("conv2d", text)
    assert progress.last_kept_text("conv2d") == "two"


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite"

    def write() -> None:
        with Progress(path) as own:
            for _ in range(50):
                own.record(verdict("fail"), "")

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with Progress(path) as progress:
        assert progress.standings()["conv2d"].attempts == 200


def test_a_kill_in_mid_write_loses_nothing_that_was_finished(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite"
    process = subprocess.Popen([sys.executable, "-c", RECORD_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    process.kill()
    finished = 20 + len(process.stdout.read().splitlines())
    process.wait()
    process.stdout.close()
    with Progress(path) as progress:
        # The one under way may have been finished, and its line not written yet.
        assert progress.standings()["conv2d"].attempts in (finished, finished + 1)
        assert progress.is_sound()


def test_a_full_disk_loses_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite"
    with Progress(path) as progress:
        progress.record(verdict("fail"), "before")
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", RECORD_TOO_MUCH, str(path)], capture_output=True, text=True, check=True, env=os.environ
    )
    kind, words, standing = done.stdout.splitlines()
    assert kind == "ProgressError"
    assert "cannot be read or kept" in words
    assert standing == "1"
    assert path.read_bytes() == before
    with Progress(path) as progress:
        assert progress.last_attempt("conv2d") == (verdict("fail"), "before")
        progress.record(verdict("fail"), "there is room again")


def test_a_file_that_another_program_holds_is_waited_for_and_then_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.progress.store.BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "progress.sqlite"
    with Progress(path) as progress, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ProgressError) as error:
            progress.record(verdict("fail"), "")
        assert "Another program holds it" in error.value.remedy
        other.execute("COMMIT")
        progress.record(verdict("fail"), "")


def test_a_file_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(ProgressError, match="newer cnn-tutor"):
        Progress(path)
    assert path.read_bytes() == before


def test_a_file_of_the_first_version_is_read_and_needs_no_log_any_more(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite"
    with Progress(path) as progress:
        progress.record(verdict("fail"), "before")
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 0")
        other.execute("PRAGMA journal_mode = WAL")
    with Progress(path) as progress:
        assert progress.last_attempt("conv2d") == (verdict("fail"), "before")
        assert [beside.name for beside in tmp_path.iterdir()] == ["progress.sqlite"]
