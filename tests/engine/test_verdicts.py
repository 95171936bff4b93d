"""Submissions and their verdicts, through the client that every face uses."""

from __future__ import annotations

import os
import select
import signal
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.engine.client import Cancelled, CheckProgress, CheckStarted, EngineClient
from tutor.errors import GraderError
from tutor.verdict import CheckResult, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Course, Exercise


FORGER = """
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b'{"verdict": "pass"}' * 9)
    except OSError:
        pass
"""


@pytest.fixture
def judge(small_course: Course, small_engine: EngineClient) -> Callable[..., Verdict]:
    def judge(slug: str, source: str, seed: int = 1) -> Verdict:
        return small_engine.check(small_course.find(slug), textwrap.dedent(source), learner="ada", seed=seed)

    return judge


def statuses(verdict: Verdict) -> dict[str, str]:
    return {check.id: check.status for check in verdict.checks}


def test_what_the_grader_does_not_let_a_program_open_is_said_to_be_the_graders_doing(
    judge: Callable[..., Verdict],
) -> None:
    verdict = judge("scale", "raise PermissionError(13, 'Permission denied', 'torchvision/__init__.py')\n")
    first, *_ = verdict.message.splitlines()
    assert first.startswith("your code raised PermissionError: [Errno 13] Permission denied: 'torchvision/__init__.py'")
    assert first.endswith("; the grader lets it open nothing but Python, PyTorch and its own folder")


@pytest.mark.parametrize("slug", ["sum-by-hand", "scale", "affine"])
@pytest.mark.parametrize("seed", range(5))
def test_the_reference_passes_with_all_points(
    small_course: Course, judge: Callable[..., Verdict], slug: str, seed: int
) -> None:
    exercise = small_course.find(slug)
    verdict = judge(slug, exercise.reference("ada"), seed)
    assert verdict.verdict == "pass"
    assert verdict.score == verdict.max_score == exercise.manifest.points
    assert verdict.misconception is None


@pytest.mark.parametrize("slug", ["sum-by-hand", "scale", "affine"])
def test_the_starter_is_not_started(small_course: Course, judge: Callable[..., Verdict], slug: str) -> None:
    starter = small_course.find(slug).starter("ada")
    for source in (starter, starter.replace("\n", "\r\n"), starter + "\n\n"):
        verdict = judge(slug, source)
        assert verdict.verdict == "not_started"
        assert verdict.score == 0
        assert set(statuses(verdict).values()) == {"skip"}


@pytest.mark.parametrize("slug", ["sum-by-hand", "scale", "affine"])
def test_every_wrong_answer_fails_at_its_check_with_its_misconception(
    small_course: Course, judge: Callable[..., Verdict], slug: str
) -> None:
    exercise = small_course.find(slug)
    for answer in exercise.wrong:
        verdict = judge(slug, exercise.program(answer, "ada"))
        first = next(check for check in verdict.checks if check.status != "pass")
        assert (first.id, first.misconception) == (answer.check, answer.misconception)
        assert verdict.misconception == answer.misconception
        assert verdict.looks_like == exercise.misconception_says(answer.misconception)


def test_two_mistakes_at_once_get_no_name(judge: Callable[..., Verdict]) -> None:
    verdict = judge("scale", "def scale(x, factor):\n    return (x + factor) * factor * factor")
    assert verdict.verdict == "fail"
    assert verdict.misconception is None
    assert verdict.looks_like == ""


def test_a_counterexample_is_the_smallest_case_and_can_be_pasted(judge: Callable[..., Verdict]) -> None:
    source = "def scale(x, factor):\n    return x + factor"
    example = judge("scale", source).checks[0].counterexample
    assert example is not None
    assert example.total == 2
    namespace: dict[str, object] = {}
    exec(f"{source}\n{example.python}", namespace)
    output = namespace["output"]
    for place in example.index:
        output = output[place]  # type: ignore[index]
    assert float(output) == float(example.got)  # type: ignore[arg-type]
    assert example.got != example.expected


def test_a_check_waits_for_the_one_it_comes_after(judge: Callable[..., Verdict]) -> None:
    verdict = judge(
        "affine",
        """
        import torch
        from torch import nn

        class Affine(nn.Module):
            def __init__(self, features):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(features))
                self.bias = nn.Parameter(torch.zeros(features))

            def forward(self, x):
                return x - self.weight
        """,
    )
    assert statuses(verdict) == {"forward": "fail", "gradients": "skip"}
    assert verdict.checks[1].message == "waits until forward passes"


def test_parameters_that_do_not_fit_are_listed_on_both_sides(judge: Callable[..., Verdict]) -> None:
    verdict = judge(
        "affine",
        """
        import torch
        from torch import nn

        class Affine(nn.Module):
            def __init__(self, features):
                super().__init__()
                self.scale = nn.Parameter(torch.ones(features, 1))
        """,
    )
    message = verdict.checks[0].message
    assert "Asked for, in this order: (1,), (1,)" in message
    assert "Yours: scale (1, 1)" in message


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return None", "is None; a torch.Tensor is expected"),
        ("return (x * factor).tolist()", "is a list; a torch.Tensor is expected"),
        ("return (x * factor).numpy()", "is a numpy.ndarray; a torch.Tensor is expected"),
        ("return x[0, 0] * factor", "has shape (); expected (1, 2)"),
        ("return (x * factor)[None]", "has shape (1, 1, 2); expected (1, 2)"),
        ("return (x * factor).float()", "is of dtype torch.float32; expected torch.float64"),
        ("return x * float('nan')", "nan; expected"),
        ("return x * float('inf')", "expected"),
        ("y = x * factor; x.zero_(); return y", "changes its x in place"),
        ("x.zero_(); return x", "changes its x in place"),
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("raise NotImplementedError", "NotImplementedError"),
        ("return y", "NameError: name 'y' is not defined"),
        ("exit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_what_is_wrong_is_said_in_words(judge: Callable[..., Verdict], body: str, says: str) -> None:
    verdict = judge("scale", f"def scale(x, factor):\n    {body}")
    assert not verdict.passed
    assert verdict.score == 0
    assert says in verdict.checks[0].message


@pytest.mark.parametrize(
    "source",
    [
        "def scale(x, factor):\n    return x * factor + 0 * x.sum()",
        "def scale(x, factor):\n    return x.new_tensor([[value * factor for value in row] for row in x.tolist()])",
        "import torch\nscale = lambda x, factor: torch.einsum('nm,->nm', x, x.new_tensor(factor))",
        "def scale(x, factor):\n    return (x.t() * factor).t()",
        "def scale(x, factor):\n    print('here')\n    return x.clone().mul_(factor)",
    ],
    ids=["sum", "lists", "einsum", "non-contiguous", "prints"],
)
def test_unusual_right_answers_pass(judge: Callable[..., Verdict], source: str) -> None:
    assert judge("scale", source).verdict == "pass"


def test_an_error_shows_their_lines_and_none_of_ours(judge: Callable[..., Verdict]) -> None:
    verdict = judge("scale", "def helper(x):\n    return x.nothing\n\ndef scale(x, factor):\n    return helper(x)\n")
    message = verdict.checks[0].message
    assert "line 5: return helper(x)" in message
    assert "line 2: return x.nothing" in message
    assert "tutor" not in message
    assert "session" not in message


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def scale(x, factor)\n    return x", "SyntaxError: expected ':'\n  line 1: def scale(x, factor)"),
        ("import nothing_like_this", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("x = 1", "there is no scale in the file"),
        ("scale = 3", "scale is an int, which cannot be called"),
        ("import sys\nsys.exit(0)", "SystemExit: 0"),
        ("raise BaseException", "BaseException"),
        ("class E(Exception):\n    def __str__(self):\n        raise E\nraise E()", "its message cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(judge: Callable[..., Verdict], source: str, says: str) -> None:
    verdict = judge("scale", source)
    assert verdict.verdict == "error"
    assert says in (verdict.message or verdict.checks[0].message)


@pytest.mark.parametrize(
    ("source", "name", "says"),
    [
        ("while True: pass", "timeout", "did not finish within 3 s"),
        ("def scale(x, factor):\n    while True: pass", "timeout", "did not finish within 3 s"),
        ("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(99)", "timeout", "3 s"),
        ("import os\nos._exit(0)", "error", "ended itself with exit status 0"),
        ("import os\ndef scale(x, factor):\n    os._exit(0)", "error", "ended itself with exit status 0"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "error", "ended by SIGSEGV"),
        ("import os, signal\nos.killpg(0, signal.SIGKILL)", "error", "ended by SIGKILL"),
        ("x = bytearray(10 << 30)", "error", "MemoryError"),
        ("import torch\nx = torch.zeros(10 << 30)", "error", "memory"),
        (FORGER, "error", "no answer"),
        ("print('x' * 100_000_000)\nwhile True: pass", "timeout", "3 s"),
    ],
    ids=["loop-at-import", "loop", "signals-ignored", "exit-at-import", "exit", "segfault", "kills-its-group",
         "memory", "tensor-memory", "forged-frames", "flood"],
)  # fmt: skip
def test_a_program_that_misbehaves_gets_a_named_verdict_and_the_engine_lives_on(
    judge: Callable[..., Verdict], source: str, name: str, says: str
) -> None:
    verdict = judge("scale", source)
    assert verdict.verdict == name
    assert verdict.score == 0
    assert says in (verdict.message or verdict.checks[0].message)
    assert verdict.duration_ms < 4000
    assert judge("scale", "def scale(x, factor):\n    return x * factor").verdict == "pass"


def test_a_submission_runs_in_a_folder_of_its_own_that_is_removed(judge: Callable[..., Verdict]) -> None:
    verdict = judge("scale", "import os\nopen('left.txt', 'w').write('x')\nprint(os.getcwd())")
    folder = verdict.printed.strip()
    assert "cnn-tutor-" in folder
    assert not os.path.exists(folder)  # noqa: PTH110


def test_a_worker_knows_nothing_of_the_course(judge: Callable[..., Verdict]) -> None:
    verdict = judge(
        "scale",
        """
        import os, sys
        print(sys.argv, [name for name in sys.modules if name in ("tutor.engine.judge", "tutor.checks")])
        def is_open(descriptor):
            try:
                return bool(os.fstat(descriptor))
            except OSError:
                return False
        print([descriptor for descriptor in range(2000) if is_open(descriptor)])
        """,
    )
    first, second = verdict.printed.splitlines()
    assert first == "['worker'] []"
    # stdin, stdout, stderr and the connection to the engine
    assert second == "[0, 1, 2, 3]"


def test_what_a_submission_prints_is_shown_cut(judge: Callable[..., Verdict]) -> None:
    verdict = judge("scale", "import sys\nprint('γ' * 3)\nprint('e', file=sys.stderr)\nprint('x' * 20_000)")
    assert verdict.printed.startswith("γγγ\ne\nxxx")
    assert verdict.printed.endswith("(cut)")
    assert len(verdict.printed) < 10_000


def test_the_same_seed_gives_the_same_verdict(judge: Callable[..., Verdict]) -> None:
    from dataclasses import replace

    source = "def scale(x, factor):\n    return x * factor + 1e-3 * x ** 2"
    one, again, other = (judge("scale", source, seed) for seed in (7, 7, 8))
    assert replace(one, duration_ms=0) == replace(again, duration_ms=0)
    assert one.checks[0].counterexample != other.checks[0].counterexample


def test_answers_by_hand_are_judged_entry_by_entry(judge: Callable[..., Verdict], small_course: Course) -> None:
    exercise = small_course.find("sum-by-hand")
    source = exercise.starter("ada")
    source = source.replace("q1_total = ...", "q1_total = (4, 4, 5)")
    source = source.replace("q1_mean = ...", "q1_mean = [2, 9, 5 / 2]")
    source = source.replace("q2_total = ...", "q2_total = [1, 2]")
    check = judge("sum-by-hand", source).checks
    assert [result.status for result in check] == ["fail", "fail", "fail"]
    assert check[0].message == "q1_mean (mean of each column): 2 of 3 right. Off: number 2 (you: 9)"
    assert [(wrong.blank, wrong.index) for wrong in check[0].wrong_values] == [("q1_mean", (1,))]
    assert "q2_total (total of each column) has 2 numbers; 3 numbers are asked" in check[1].message
    assert "q2_mean (mean of each column) is not filled in yet" in check[1].message


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("[2, 2, 2.5]", True),
        ("(2.0, 4 / 2, 5 / 2)", True),
        ("[2.0004, 2, 2.5]", True),
        ("[2.001, 2, 2.5]", False),
        ("[True * 2, 2, 2.5]", True),
        ("[2, 2, '2.5']", False),
        ("[2, 2, [2.5]]", False),
        ("[[2, 2, 2.5]]", False),
        ("2", False),
        ("[2, 2, float('nan')]", False),
        ("[2, 2, ...]", False),
        ("[__import__('fractions').Fraction(4, 2), 2, 2.5]", True),
        ("__import__('torch').tensor([2, 2, 2.5])", True),
    ],
)
def test_numbers_are_taken_as_people_write_them(
    judge: Callable[..., Verdict], small_course: Course, answer: str, right: bool
) -> None:
    reference = small_course.find("sum-by-hand").reference("ada")
    verdict = judge("sum-by-hand", f"{reference}\nq1_mean = {answer}\n")
    assert (verdict.checks[0].status == "pass") is right
    assert verdict.passed is right


def test_every_check_is_told_as_it_begins_and_ends(small_course: Course, small_engine: EngineClient) -> None:
    told: list[CheckProgress] = []
    exercise = small_course.find("affine")
    verdict = small_engine.check(exercise, exercise.reference("ada"), learner="ada", seed=1, on_progress=told.append)
    assert [type(event) for event in told] == [CheckStarted, CheckResult] * 2
    assert tuple(event for event in told if isinstance(event, CheckResult)) == verdict.checks


def test_a_check_can_be_cancelled_and_the_engine_stays_warm(small_course: Course, small_engine: EngineClient) -> None:
    exercise = small_course.find("scale")
    started = threading.Event()

    def on_progress(progress: CheckProgress) -> None:
        started.set()

    def cancel() -> None:
        started.wait(30)
        small_engine.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    endless = "def scale(x, factor):\n    while True: pass"
    with pytest.raises(Cancelled):
        small_engine.check(exercise, endless, learner="ada", seed=1, on_progress=on_progress)
    canceller.join()
    assert small_engine.check(exercise, exercise.reference("ada"), learner="ada", seed=1).passed


def test_a_cancel_that_comes_too_late_hurts_nothing(small_course: Course, small_engine: EngineClient) -> None:
    exercise = small_course.find("scale")
    for _ in range(3):
        small_engine.cancel()
        assert small_engine.check(exercise, exercise.reference("ada"), learner="ada", seed=1).passed


def test_closing_the_engine_leaves_no_process(small_course: Course) -> None:
    engine = EngineClient(small_course.location)
    exercise = small_course.find("scale")
    source = "import os\nprint(os.getpid(), os.getppid())\n" + exercise.reference("ada")
    verdict = engine.check(exercise, source, learner="ada", seed=1)
    engine.close()
    for pid in map(int, verdict.printed.split()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


class Running:
    """A submission that never ends, being judged by an engine of its own in another thread."""

    def __init__(self, engine: EngineClient, exercise: Exercise, pool: ThreadPoolExecutor) -> None:
        self._began = threading.Event()
        endless = "def scale(x, factor):\n    while True: pass"
        self.verdict = pool.submit(
            engine.check, exercise, endless, learner="ada", seed=1, on_progress=lambda _: self._began.set()
        )

    def processes(self) -> tuple[int, int, int]:
        """The engine, its server, and the worker, once the submission runs."""
        assert self._began.wait(60), "the submission never ran"
        # Of all engines that are ours, the one that has a worker.
        (chain,) = [
            (engine, server, worker)
            for engine in children(os.getpid())
            for server in children(engine)
            for worker in children(server)
        ]
        return chain


def children(pid: int) -> list[int]:
    listings = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listing in listings for child in listing.read_text().split()]


def test_an_engine_that_is_killed_takes_its_worker_along_and_the_next_check_starts_another(
    small_course: Course,
) -> None:
    exercise = small_course.find("scale")
    with EngineClient(small_course.location) as engine, ThreadPoolExecutor() as pool:
        running = Running(engine, exercise, pool)
        engine_pid, *below = running.processes()
        watched = [os.pidfd_open(pid) for pid in below]
        os.kill(engine_pid, signal.SIGKILL)
        with pytest.raises(GraderError, match="the engine ended unexpectedly"):
            running.verdict.result(30)
        for pidfd in watched:
            assert select.select([pidfd], [], [], 10)[0], "it outlived the engine"
            os.close(pidfd)
        assert engine.check(exercise, exercise.reference("ada"), learner="ada", seed=1).passed


def test_a_worker_dies_with_the_server_even_if_that_is_killed(
    small_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a killed server cannot remove any more is removed with the test.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with EngineClient(small_course.location) as engine, ThreadPoolExecutor() as pool:
        running = Running(engine, small_course.find("scale"), pool)
        _, server, worker = running.processes()
        watched = os.pidfd_open(worker)
        os.kill(server, signal.SIGKILL)
        assert select.select([watched], [], [], 10)[0], "it outlived the server"
        os.close(watched)
        with pytest.raises(GraderError):
            running.verdict.result(30)


def test_closing_the_engine_cancels_the_check_that_runs(small_course: Course) -> None:
    engine = EngineClient(small_course.location)
    with ThreadPoolExecutor() as pool:
        running = Running(engine, small_course.find("scale"), pool)
        running.processes()
        engine.close()
        with pytest.raises(Cancelled):
            running.verdict.result(30)
