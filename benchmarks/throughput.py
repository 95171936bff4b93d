"""How many submissions a minute one engine per core judges, beside one ``pytest`` process per submission, and otter.

Aim: 20 times as many.

Both run the nine checks of exercise 3 on the same cases, on all cores. Half of the submissions are wrong.

Run it with ``python -m benchmarks.throughput``, on a machine that does nothing else. otter-grader is measured where the
variable ``OTTER`` names its program, ``otter``, in an environment of its own that has PyTorch too.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.measuring import PYTHON, apart, percentile
from tutor.checks.loading import load_checks
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.checks import Case
    from tutor.course import CourseLocation, Exercise

EXERCISE = "conv2d"
ROUNDS = 10
JUDGED_A_ROUND, TESTED_A_ROUND, OTTER_A_ROUND = 60, 6, 2

PLAIN_TEST_FILE = """\
import torch
from torch.nn.functional import conv2d as torch_conv2d

from conv2d import conv2d

CASES = torch.load("cases.pt")


def assert_equal(got, expected):
    exact = {"rtol": 1e-9, "atol": 1e-9} if expected.dtype == torch.float64 else {}
    torch.testing.assert_close(got, expected, **exact)


def assert_all_equal(check):
    for case in CASES[check]:
        assert_equal(conv2d(**case), torch_conv2d(**{"input" if name == "x" else name: case[name] for name in case}))


def gradients(function, case):
    leaves = [case[name].requires_grad_() for name in ("x", "weight", "bias") if case[name] is not None]
    output = function(case["x"], case["weight"], case["bias"], case["stride"], case["padding"])
    return [output, *torch.autograd.grad(output, leaves, case["grad_output"])]


def test_gradients():
    for case in CASES["gradients"]:
        for got, expected in zip(gradients(conv2d, case), gradients(torch_conv2d, case)):
            assert_equal(got, expected)
"""
ONE_TEST = """

def test_{check}():
    assert_all_equal("{check}")
"""

OTTER_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{check}"
points = 1


@test_case(points=1)
def test_{check}(conv2d):
    import torch

    def gradients(function, case, x):
        leaves = [case[name].requires_grad_() for name in (x, "weight", "bias") if case[name] is not None]
        output = function(**{{name: case[name] for name in case if name != "grad_output"}})
        return [output, *torch.autograd.grad(output, leaves, case["grad_output"])]

    for case in torch.load({cases!r})["{check}"]:
        its = {{"input" if name == "x" else name: case[name] for name in case}}
        if "grad_output" in case:
            pairs = zip(gradients(conv2d, case, "x"), gradients(torch.nn.functional.conv2d, its, "input"))
        else:
            pairs = [(conv2d(**case), torch.nn.functional.conv2d(**its))]
        for got, expected in pairs:
            exact = {{"rtol": 1e-9, "atol": 1e-9}} if expected.dtype == torch.float64 else {{}}
            torch.testing.assert_close(got, expected, **exact)
"""


def main() -> None:
    """Measure and print."""
    cores = os.cpu_count() or 1
    with apart() as (course, _), tempfile.TemporaryDirectory() as folder:
        exercise = course.find(EXERCISE)
        wrong = [Submission(answer.source, is_right=False) for answer in exercise.wrong]
        right = [Submission(answer.source, is_right=True) for answer in (exercise.reference_answer, *exercise.accepted)]
        submissions = [one for both in zip(cycle(right), wrong, strict=False) for one in both]
        tests = write_tests(exercise, Path(folder))
        tested = rates(lambda one: run_pytest(tests, Path(folder), one), submissions, TESTED_A_ROUND, cores)
        otter = os.environ.get("OTTER")
        ottered = []
        if otter:
            grader = write_otters_tests(exercise, Path(folder), otter)
            ottered = rates(lambda one: run_otter(otter, grader, one), submissions, OTTER_A_ROUND, cores)
        engines = Engines(course.location, exercise, cores)
        judged = rates(engines.judge, submissions, JUDGED_A_ROUND, cores)
        engines.close()
    ours, theirs = percentile(judged, 0.5), percentile(tested, 0.5)
    print(f"| {cores} cores, {len(exercise.manifest.check)} checks | submissions a minute (median) | least |")
    print("|---|---:|---:|")
    print(f"| one pytest process per submission | {theirs:.0f} | {min(tested):.0f} |")
    if ottered:
        print(f"| `otter run` per submission | {percentile(ottered, 0.5):.1f} | {min(ottered):.1f} |")
    print(f"| one engine per core | {ours:.0f} | {min(judged):.0f} |")
    print(f"| beside pytest | {ours / theirs:.1f} × | |")
    if ottered:
        print(f"| beside otter | {ours / percentile(ottered, 0.5):.1f} × | |")


@dataclass(frozen=True)
class Submission:
    """A known answer of the exercise."""

    text: str
    is_right: bool


def rates(
    judge: Callable[[Submission], object], submissions: list[Submission], a_round: int, cores: int
) -> list[float]:
    """Submissions a minute in each round, after one that does not count; so many at a time as there are cores."""
    endless = cycle(submissions)
    found = []
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(ROUNDS + 1):
            taken = list(islice(endless, a_round))
            began = time.perf_counter()
            list(pool.map(judge, taken))
            found.append(60 * a_round / (time.perf_counter() - began))
    return found[1:]


class Engines:
    """Engines, of which each judges one submission at a time."""

    def __init__(self, course: CourseLocation, exercise: Exercise, count: int) -> None:
        self._exercise = exercise
        self._free = [EngineClient(course) for _ in range(count)]

    def judge(self, submission: Submission) -> None:
        """Have the submission judged by an engine that is free."""
        engine = self._free.pop()
        verdict = engine.check(self._exercise, submission.text, learner="ada", seed=1)
        assert verdict.passed == submission.is_right, verdict
        self._free.append(engine)

    def close(self) -> None:
        """End them."""
        for engine in self._free:
            engine.close()


def write_tests(exercise: Exercise, folder: Path) -> Path:
    """Write the plain test file, one test for each check, and the cases that it reads."""
    checks = load_checks(exercise)
    cases = {check.id: [_arguments(case) for case in check.draw(1)] for check in checks}
    torch.save(cases, folder / "cases.pt")
    tests = "".join(ONE_TEST.format(check=check.id) for check in checks if check.id != "gradients")
    path = folder / "test_submission.py"
    path.write_text(PLAIN_TEST_FILE + tests, encoding="utf-8")
    return path


def _arguments(case: Case) -> dict[str, Any]:
    names = ("x", "weight", "bias", "stride", "padding", "grad_output")
    return {name: case.value(name) for name in names if hasattr(case, name)}


def run_pytest(tests: Path, folder: Path, submission: Submission) -> None:
    """Test one submission, in a folder and a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        Path(own, "conv2d.py").write_text(submission.text, encoding="utf-8")
        for name in ("cases.pt", tests.name):
            Path(own, name).symlink_to(folder / name)
        words = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={own}", tests.name]
        done = subprocess.run(words, cwd=own, capture_output=True, text=True, check=False)
        # A wrong answer may get through: the plain tests do not see, say, that an input was changed.
        assert done.returncode in ((0,) if submission.is_right else (0, 1)), done.stdout + done.stderr


def write_otters_tests(exercise: Exercise, folder: Path, otter: str) -> Path:
    """Pack the same checks for otter; the cases are there already."""
    tests = folder / "otter"
    tests.mkdir()
    for entry in exercise.manifest.check:
        text = OTTER_TEST.format(check=entry.id, cases=str(folder / "cases.pt"))
        (tests / f"{entry.id}.py").write_text(text, encoding="utf-8")
    packed = folder / "autograder.zip"
    words = [otter, "generate", "-t", str(tests), "-o", str(packed), "--no-config", "--no-requirements"]
    subprocess.run(words, cwd=folder, capture_output=True, check=True)
    return packed


def run_otter(otter: str, packed: Path, submission: Submission) -> None:
    """Have otter judge one submission."""
    with tempfile.TemporaryDirectory(dir=packed.parent) as own:
        Path(own, "conv2d.py").write_text(submission.text, encoding="utf-8")
        words = [otter, "run", "-a", str(packed), "-o", own, "--no-logo", "conv2d.py"]
        done = subprocess.run(words, cwd=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        tests = json.loads(Path(own, "results.json").read_text(encoding="utf-8"))["tests"]
        scores = [test["score"] for test in tests if "score" in test]
        assert scores
        assert all(scores) or not submission.is_right, tests


if __name__ == "__main__":
    main()
