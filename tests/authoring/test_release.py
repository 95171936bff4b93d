"""The learner's course: what it judges, what it leaves to the instructor, and that nothing in it tells a secret."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tutor.authoring.cut import with_checks_only
from tutor.authoring.pack import facts, manifest_faults
from tutor.authoring.release import Judge, Released, release
from tutor.authoring.toml import toml_of
from tutor.course import Course, builtin_course, load_course
from tutor.course.manifest import CourseManifest, Manifest, read_toml
from tutor.course.packs import course_in
from tutor.engine.client import EngineClient
from tutor.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.verdict import Verdict

SMALL_COURSE = Path(__file__).parents[1] / "small_course"

HIDDEN_CHECK = '''

# hidden: whoever clamps is caught by these
CLAMPED_SIZES = [(7, 1), (8, 1), (9, 1)]


def secret_cases(rng: torch.Generator) -> Iterator[Case]:
    """Sizes that nobody expects."""
    for n, m in CLAMPED_SIZES:
        yield Case(x=100 * integers(rng, n, m, low=1, high=3), factor=-17)


@check("enormous_numbers", secret_cases)
def enormous_numbers(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.scale(case.x, case.factor)}
'''
HIDDEN_ENTRY = """
# nobody must know of this one
[[check]]
id = "enormous_numbers"
says = "numbers beyond a hundred are scaled by minus seventeen"
points = 1.5
after = ["values"]
hidden = true
"""
CLAMPS = """\
# expect: check=enormous_numbers misconception=clamped-at-99
def scale(x, factor):
    product_before_the_clamp = x * factor
    return product_before_the_clamp.clamp(-99, 99)
"""
EINSUM = """\
import torch


def scale(x, factor):
    return torch.einsum('nm,->nm', x, torch.tensor(factor).double())
"""
CLAMPED = """
[[misconception]]
id = "clamped-at-99"
says = "the product is cut off at ninety-nine."
"""


def instructors(root: Path) -> Path:
    """The small course, with a hidden check in `scale` that alone catches a wrong answer."""
    shutil.copytree(SMALL_COURSE, root, ignore=shutil.ignore_patterns("__pycache__"))
    scale = root / "exercises" / "02_scale" / "exercise.toml"
    scale.write_text(scale.read_text().replace("points = 2\nsymbols", "points = 3.5\nsymbols") + HIDDEN_ENTRY + CLAMPED)
    solution = root / "solutions" / "02_scale"
    (solution / "checks.py").write_text((solution / "checks.py").read_text() + HIDDEN_CHECK)
    (solution / "wrong" / "clamps.py").write_text(CLAMPS)
    (solution / "accepted").mkdir()
    (solution / "accepted" / "einsum.py").write_text(EINSUM)
    (solution / "explain.md").write_text("Multiplication by a number is broadcast over all of the entries.\n")
    (root / "exercises" / "02_scale" / "notes-for-me.txt").write_text("clamped-at-99")
    cached = solution / "__pycache__"
    cached.mkdir()
    (cached / "checks.cpython-311.pyc").write_bytes(b"enormous_numbers")
    return root


@dataclass(frozen=True)
class Made:
    """A released course."""

    author: Course
    course: Course
    released: dict[str, Released]
    engine: EngineClient

    def check(self, slug: str, source: str, seed: int = 1) -> Verdict:
        return self.engine.check(self.course.find(slug), source, learner="ada", seed=seed)


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(course_in(instructors(tmp_path_factory.mktemp("author") / "course")))


def made_of(author: Course, folder: Path, judge: Judge) -> Iterator[Made]:
    released = release(author, folder, judge)
    course = load_course(course_in(folder))
    with EngineClient(course.location) as engine:
        yield Made(author, course, {one.exercise.slug: one for one in released}, engine)


@pytest.fixture(scope="module")
def made(author: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    yield from made_of(author, tmp_path_factory.mktemp("released") / "learners", "programs")


@pytest.fixture(scope="module")
def visible(author: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    yield from made_of(author, tmp_path_factory.mktemp("released") / "visible", "visible")


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def secret_lines(author: Course) -> set[str]:
    """Every line of what is the author's own, but for what stands in the starters too, and what everybody writes."""
    found: set[str] = set()
    public: set[str] = set()
    for exercise in author.exercises:
        public |= {line.strip() for line in (exercise.folder / exercise.filename).read_text().splitlines()}
        public |= {line.strip() for line in (*exercise.lesson().splitlines(), *exercise.manifest.hints)}
        for answer in (exercise.reference_answer, *exercise.accepted, *exercise.wrong):
            found |= {line.strip() for line in answer.source.splitlines()}
        found |= {line.strip() for line in exercise.explanation().splitlines()}
    found |= {line.strip() for line in HIDDEN_CHECK.splitlines()}
    return {line for line in found - public if len(line) >= 12 and not line.startswith(("import ", "from "))} - {
        'return {"output": submission.scale(case.x, case.factor)}'
    }


def test_no_file_has_anything_of_what_is_secret(made: Made) -> None:
    secrets = secret_lines(made.author)
    assert {"return x * factor", "product_before_the_clamp = x * factor"} <= secrets
    told = [
        "enormous_numbers",
        "clamped-at-99",
        "ninety-nine",
        "minus seventeen",
        "CLAMPED_SIZES",
        "secret_cases",
        "-17",
    ]
    for name, data in files(made.course.location.exercises.parent).items():
        text = data.decode("utf-8", "replace")
        assert not [secret for secret in (*secrets, *told) if secret in text], name
        assert "1.5" not in text or name.endswith(("02_scale/exercise.toml", "02_scale/lesson.md", ".bin")), name


def test_only_what_a_learner_needs_is_there(made: Made) -> None:
    assert set(files(made.course.location.exercises.parent)) == {
        "exercises/course.toml",
        *(f"exercises/01_sum_by_hand/{name}" for name in ("exercise.toml", "lesson.md", "sum_by_hand.py")),
        *(f"exercises/02_scale/{name}" for name in ("exercise.toml", "lesson.md", "scale.py")),
        *(f"exercises/03_affine/{name}" for name in ("exercise.toml", "lesson.md", "affine.py")),
        "solutions/01_sum_by_hand/questions.py",
        *(
            f"solutions/{folder}/{name}"
            for folder in ("02_scale", "03_affine")
            for name in ("checks.py", "recorded.bin")
        ),
    }
    for path in made.course.location.exercises.parent.rglob("*.py"):
        assert "#" not in path.read_text() or path.is_relative_to(made.course.location.exercises)


def test_programs_are_judged_without_the_programs_that_they_are_compared_with(made: Made) -> None:
    for answer, verdict, misconception in [
        ("def scale(x, factor):\n    return factor * x\n", "pass", None),
        ("def scale(x, factor):\n    return x + factor\n", "fail", "adds"),
        ("def scale(x, factor):\n    return x * factor * factor\n", "fail", "squares"),
        ("def scale(x, factor):\n    return x\n", "fail", None),
        (made.course.find("scale").starter("ada"), "not_started", None),
        ("def scale(x, factor):\n    raise ValueError('no')\n", "error", None),
    ]:
        found = made.check("scale", answer)
        assert (found.verdict, found.misconception) == (verdict, misconception), answer
    failed = made.check("scale", "def scale(x, factor):\n    return x + factor\n")
    (check,) = failed.checks
    assert check.counterexample is not None
    assert "scale(" in check.counterexample.python


def test_a_module_is_judged_by_its_gradients_too(made: Made) -> None:
    for answer in (made.author.find("affine").reference_answer, *made.author.find("affine").wrong):
        verdict = made.check("affine", answer.source)
        assert (verdict.verdict, verdict.misconception) == (
            ("fail", answer.misconception) if answer.check else ("pass", None)
        )


def test_points_are_those_that_the_copy_can_give_and_the_others_are_told_of(made: Made) -> None:
    scale = made.course.find("scale").manifest
    assert (scale.points, scale.points_elsewhere, [check.id for check in scale.check]) == (2, 1.5, ["values"])
    verdict = made.check("scale", "def scale(x, factor):\n    return factor * x\n")
    assert (verdict.score, verdict.max_score) == (2, 2)
    assert "1.5 of 3.5 points" in made.course.find("scale").lesson()
    assert made.released["scale"].points_elsewhere == 1.5
    assert made.released["affine"].points_elsewhere == 0
    assert made.course.find("affine").lesson() == made.author.find("affine").lesson()


def test_an_exercise_by_hand_asks_its_questions_and_is_judged_by_the_instructor(made: Made) -> None:
    exercise, authors = made.course.find("sum-by-hand"), made.author.find("sum-by-hand")
    assert exercise.starter("ada") == authors.starter("ada")
    assert "your instructor's to show" in exercise.questions("ada")[1].worked
    verdict = made.check("sum-by-hand", authors.reference("ada"))
    assert (verdict.verdict, verdict.score) == ("grader_error", 0)
    assert "your instructor judges this exercise" in verdict.message
    assert made.check("sum-by-hand", exercise.starter("ada")).verdict == "not_started"


def test_by_hand_is_judged_where_that_was_asked_for(visible: Made) -> None:
    reference = visible.author.find("sum-by-hand").reference("ada")
    assert visible.check("sum-by-hand", reference).passed
    assert visible.check("sum-by-hand", reference + "\nq3_total = [0, 0, 0]\n").score == 2
    assert not list(visible.course.location.solutions.rglob("wrong"))
    assert visible.released["sum-by-hand"].checks == ["q1", "q2", "q3"]


def test_nothing_is_judged_where_that_was_asked_for(author: Course, tmp_path: Path) -> None:
    released = release(author, tmp_path / "none", "none")
    assert {one.why for one in released} == {"as it was asked for"}
    assert [path.name for path in (tmp_path / "none" / "solutions").rglob("*.*")] == ["questions.py"]
    course = load_course(course_in(tmp_path / "none"))
    assert not course.find("scale").manifest.judged_here
    assert course.find("scale").manifest.points == 2


def test_another_seed_cannot_be_judged_there_and_that_is_said(made: Made) -> None:
    with pytest.raises(Exception, match="released to judge with seed 1 alone, not with 7"):
        made.check("scale", "def scale(x, factor):\n    return x\n", seed=7)


def test_a_released_course_serves_a_learner(made: Made, tmp_path: Path) -> None:
    folder = made.course.location.exercises.parent
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "COLUMNS": "100"}

    def run(*words: str | Path, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-m", "tutor", *map(str, words)]
        return subprocess.run(call, cwd=cwd, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    assert run("--course", folder, "init", "mine", "--learner", "ada").returncode == 0
    mine = tmp_path / "mine"
    assert "Scale a tensor" in run("list", cwd=mine).stdout
    assert "Multiply." in run("hint", "scale", cwd=mine).stdout
    (mine / "exercises" / "02_scale" / "scale.py").write_text("def scale(x, factor):\n    return factor * x\n")
    passed = run("check", "scale", cwd=mine)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "1.5 more points of this exercise are your instructor's to give." in passed.stderr
    assert "cnn-tutor solution" not in passed.stderr
    none = run("solution", "scale", cwd=mine)
    assert (none.returncode, none.stdout) == (1, "")
    assert "This course has no solutions" in none.stderr


def test_the_command_says_what_becomes_of_each_exercise(author: Course, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "tutor", "release", "out", "--judge", "none"]
    course = ["--course", str(author.location.exercises.parent)]
    done = subprocess.run([*call, *course], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "2 scale  3.5 points by you: as it was asked for"
    assert "cnn-tutor --course out init my-course" in done.stderr
    again = subprocess.run([*call, *course, "--format", "json"], cwd=tmp_path, capture_output=True, text=True)
    assert (again.returncode, again.stdout) == (2, "")
    assert "is there already, and not empty" in again.stderr
    call[4] = "another"
    found: list[dict[str, Any]] = json.loads(
        subprocess.run([*call, *course, "--format", "json"], cwd=tmp_path, capture_output=True, text=True).stdout
    )
    assert found[1] == {
        "exercise": "scale",
        "number": 2,
        "checks": [],
        "points": 0.0,
        "points_elsewhere": 3.5,
        "why": "as it was asked for",
        "tells": "",
    }


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (
            "exercises/02_scale/lesson.md",
            "Numbers beyond a\nhundred are scaled by minus seventeen",
            r"lesson.md: line \d+",
        ),
        ("exercises/02_scale/scale.py", "# see `enormous_numbers`", r"scale.py: line \d+ tells of the hidden check"),
        ("solutions/02_scale/checks.py", "cases = enormous_numbers.cases", "line .* needs `enormous_numbers`"),
    ],
)
def test_a_course_that_tells_what_is_hidden_is_not_released(tmp_path: Path, file: str, text: str, says: str) -> None:
    root = instructors(tmp_path / "course")
    path = root / file
    path.write_text(path.read_text() + f"\n{text}\n")
    with pytest.raises(ManifestError, match=says):
        release(load_course(course_in(root)), tmp_path / "out", "none" if "exercises" in file else "programs")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course"]


def test_checks_that_quote_a_solution_leave_the_exercise_to_the_instructor(tmp_path: Path) -> None:
    root = instructors(tmp_path / "course")
    checks = root / "solutions" / "02_scale" / "checks.py"
    text = checks.read_text().replace(
        "            yield Case(x=draw", "            ours(1, 2)\n            yield Case(x=draw"
    )
    checks.write_text(text.replace("def cases(", "def ours(x, factor):\n    return x * factor\n\n\ndef cases("))
    released = {one.exercise.slug: one for one in release(load_course(course_in(root)), tmp_path / "out", "programs")}
    assert released["scale"].why == "its checks.py has a line of a solution:     return x * factor"
    assert not (tmp_path / "out" / "solutions" / "02_scale" / "checks.py").exists()
    assert not released["affine"].why


def test_a_line_of_a_solution_by_which_questions_are_drawn_is_told_to_the_author(tmp_path: Path) -> None:
    root = instructors(tmp_path / "course")
    questions = root / "solutions" / "01_sum_by_hand" / "questions.py"
    totals = "def totals(rows):\n    return [sum(column) for column in zip(*rows)]\n"
    text = questions.read_text().replace("def variant", f"{totals}\n\ndef variant")
    questions.write_text(text.replace('    return {"rows": [[rng', '    totals([[1]])\n    return {"rows": [[rng'))
    released = {one.exercise.slug: one for one in release(load_course(course_in(root)), tmp_path / "out", "none")}
    assert released["sum-by-hand"].tells == "return [sum(column) for column in zip(*rows)]"
    assert not released["scale"].tells


def test_every_check_hidden_is_no_course_for_learners(tmp_path: Path) -> None:
    root = instructors(tmp_path / "course")
    toml = root / "exercises" / "03_affine" / "exercise.toml"
    toml.write_text(toml.read_text().replace('id = "forward"', 'id = "forward"\nhidden = true')
                    .replace('id = "gradients"', 'id = "gradients"\nhidden = true'))  # fmt: skip
    with pytest.raises(ManifestError, match="every check is hidden"):
        release(load_course(course_in(root)), tmp_path / "out", "programs")


def test_nothing_is_overwritten_and_the_course_itself_is_no_place(author: Course, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        release(author, tmp_path / "full", "none")
    with pytest.raises(UsageError, match="lies in the course itself"):
        release(author, author.location.solutions / "learners", "none")


def test_a_course_with_hidden_checks_is_sound_as_any_other(author: Course) -> None:
    root = author.location.exercises.parent
    assert manifest_faults(author.location) == []
    # The small course has fewer answers and hints than are asked; nothing else is wrong.
    says = [problem.says for problem in facts(author.find("scale"), root) if "asked at least" not in problem.says]
    assert not [one for one in says if "hidden" in one or "check" in one.partition("does not mention")[0]]


@pytest.mark.parametrize("exercise", load_course(builtin_course()).exercises, ids=lambda one: one.slug)
def test_a_manifest_that_is_written_anew_says_the_same(exercise: Any, tmp_path: Path) -> None:
    path = tmp_path / "exercise.toml"
    path.write_text(toml_of(exercise.manifest))
    assert read_toml(path, Manifest) == exercise.manifest


def test_the_courses_own_manifest_too(tmp_path: Path) -> None:
    manifest = load_course(builtin_course()).manifest
    path = tmp_path / "course.toml"
    path.write_text(toml_of(manifest))
    assert read_toml(path, CourseManifest) == manifest


SHARED = '''\
"""All about both."""
from helpers import check, unused
import math

TABLE = {"a": [1], "b": [2]}
TABLE["c"] = [3]  # for both
ONLY_HIDDEN = math.pi
SIZES = []
SIZES.append(3)


def both(rng):
    """Cases."""
    yield TABLE, SIZES


def for_hidden(rng):
    yield ONLY_HIDDEN


def made(id, cases):
    return check(id, cases)


seen = made("seen", both)(lambda submission, case: {})


@made("kept", both)
def kept(submission, case: "Case"):
    # a word
    return {"output": "text"}


@check("gone", for_hidden)
def gone(submission, case):
    return {}
'''


def test_of_checks_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    path.write_text(SHARED)
    cut = with_checks_only(path, ["seen", "kept"], ["seen", "kept", "gone"])
    ast.parse(cut)
    kept = (
        "TABLE['c'] = [3]",
        "SIZES.append(3)",
        "def both(rng):\n    yield (TABLE, SIZES)",
        "def kept(",
        "seen = made(",
    )
    for line in kept:
        assert line in cut
    for word in ("gone", "ONLY_HIDDEN", "for_hidden", "math", "#", '"""', "a word", "Cases", "All about"):
        assert word not in cut, word


def test_a_check_that_is_made_in_a_loop_cannot_be_cut_out_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    path.write_text("for name in ('one', 'two'):\n    globals()[name] = check(name, cases)(script)\n")
    with pytest.raises(ManifestError, match="check `one` is not made by a statement of its own"):
        with_checks_only(path, ["one"], ["one", "two"])
