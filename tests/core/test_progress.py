"""What a learner did is kept, and counted right."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tutor.progress import Progress
from tutor.verdict import CheckResult, Counterexample, Verdict, VerdictName, WrongValue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with Progress(tmp_path / "progress.sqlite") as progress:
        yield progress


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
