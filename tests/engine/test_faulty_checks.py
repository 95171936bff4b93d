"""A check that is not as it should be is said to be so, with its file: neither grader nor submission is to blame."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_author_interface import lay, write
from tutor.course import Course, CourseLocation, load_course
from tutor.engine.client import EngineClient
from tutor.errors import GraderError, ManifestError, TutorError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = """
    import torch
    from tutor.checks import Case, check, integers

    def cases(rng):
        for n in (1, 2, 3):
            yield Case(x=integers(rng, n, 3), g=integers(rng, n, 3))

    @check("values", cases)
    def values(submission, case):
        return {"output": submission.double(case.x)}
"""
RIGHT = "def double(x):\n    return 2 * x\n"
WRONG = "def double(x):\n    return 3 * x\n"
CALL = '{"output": submission.double(case.x)}'

FAULTY: dict[str, tuple[str, str, type[TutorError], str]] = {
    "nothing": (f"return {CALL}", f"_ = {CALL}", ManifestError, "check `values` returns None; it must return a dict"),
    "keys": ('"output"', "1", ManifestError, "check `values` returns a dict with the key 1; it must return a dict"),
    "shrink": ('"values", cases', '"values", cases, shrink=["y"]', ManifestError, "`values`: shrink names `y`, which"),
    "window": (
        '"values", cases',
        '"values", cases, window=lambda case, index: index[7]',
        ManifestError,
        "check `values`: its window, for the output's element [0, 0], raises IndexError",
    ),
    "windowless": (
        '"values", cases',
        '"values", cases, window=lambda case, index: (case, index)',
        ManifestError,
        "its window, for the output's element [0, 0], gives a tuple",
    ),
    "misfit": (
        CALL,
        "submission.double.gradients(case.x, grad_output=case.g[:, :2])",
        ManifestError,
        "check `values` compares no gradient: grad_output is a tensor of shape (1, 2), and the output a tensor",
    ),
    "cases": (
        "for n in",
        "1 / 0\n        for n in",
        ManifestError,
        "the cases of seed 1 cannot be drawn: ZeroDivision",
    ),
    "raises": (CALL, f"{CALL[:-1]}[7]}}", GraderError, "check `values` itself raises IndexError: index 7 is out of"),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("faulty")
    order = ", ".join(f'"{name}"' for name in ("sound", "slips", *FAULTY))
    write(
        root / "exercises" / "course.toml",
        f"""
        format = 1
        title = "t"
        welcome = "w"
        farewell = "f"
        order = [{order}]
        [[part]]
        number = 1
        title = "p"
        """,
    )
    lay(root, 1, "sound", "double", CHECKS, RIGHT)
    lay(root, 40, "slips", "double", CHECKS, RIGHT)
    slips = {
        "renamed": "def dubble(x):\n    return 3 * x\n",
        "mistyped": "def double(x):\n    return factor * x\n",
        "imports": "def double(x):\n    import touch\n",
        "unloaded": "import touch\n",
    }
    toml = root / "exercises" / "40_slips" / "exercise.toml"
    for name, program in slips.items():
        toml.write_text(toml.read_text() + f'\n[[misconception]]\nid = "{name}"\nsays = "{name}"\n')
        header = f"# expect: check=values misconception={name}\n"
        write(root / "solutions" / "40_slips" / "wrong" / f"{name}.py", header + program)
    for number, (name, (old, new, _, _)) in enumerate(FAULTY.items(), start=2):
        assert old in CHECKS
        lay(root, number, name, "double", CHECKS.replace(old, new), RIGHT)
    return load_course(CourseLocation(root / "exercises", root / "solutions"))


@pytest.fixture(scope="module")
def engine(course: Course) -> Iterator[EngineClient]:
    with EngineClient(course.location) as engine:
        yield engine


def test_a_sound_one_is_judged(course: Course, engine: EngineClient) -> None:
    for source, verdict in ((RIGHT, "pass"), (WRONG, "fail")):
        assert engine.check(course.find("sound"), source, learner="ada", seed=1).verdict == verdict


@pytest.mark.parametrize(
    ("submission", "says"),
    [
        ("def dubble(x):\n    return 2 * x\n", "there is no double in the file"),
        ("def double(x):\n    return factor * x\n", "your code raised NameError: name 'factor' is not defined"),
        ("def double(x):\n    import touch\n", "your code raised ModuleNotFoundError: No module named 'touch'"),
    ],
)
def test_a_slip_is_called_what_it_is_and_never_a_misconception(
    course: Course, engine: EngineClient, submission: str, says: str
) -> None:
    """Though known wrong answers are broken in the very same way."""
    verdict = engine.check(course.find("slips"), submission, learner="ada", seed=1)
    (check,) = verdict.checks
    assert (check.status, check.message.splitlines()[0]) == ("error", says)
    assert (verdict.misconception, verdict.looks_like) == (None, "")


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_one_is_named_with_its_file_and_what_is_wrong(course: Course, engine: EngineClient, name: str) -> None:
    _, _, kind, says = FAULTY[name]
    exercise = course.find(name)
    with pytest.raises(kind) as error:
        engine.check(exercise, textwrap.dedent(WRONG), learner="ada", seed=1)
    assert error.value.message.startswith(f"{exercise.checks_file}: ")
    assert says in error.value.message
