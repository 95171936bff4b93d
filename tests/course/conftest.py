"""What the tests of single exercises share. Each file of this folder is about the exercise that its ``SLUG`` names."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch

from tutor.course import Course, Exercise, Question, builtin_course, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tutor.verdict import Verdict

LEARNERS = [f"learner-{number}" for number in range(200)]


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(builtin_course())


@pytest.fixture(scope="session")
def engine(course: Course) -> Iterator[EngineClient]:
    with EngineClient(course.location) as engine:
        yield engine


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    # Tensors this small only lose time to a second thread, most of all on a busy machine.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def exercise(course: Course, request: pytest.FixtureRequest) -> Exercise:
    return course.find(request.module.SLUG)


@pytest.fixture(scope="module")
def author(exercise: Exercise) -> dict[str, Any]:
    """What ``questions.py`` and ``checks.py`` of a compute exercise define."""
    return {
        **runpy.run_path(str(exercise.solution_folder / "questions.py")),
        **runpy.run_path(str(exercise.checks_file)),
    }


@pytest.fixture(scope="module")
def answer(author: dict[str, Any]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """What answers a question by running PyTorch."""
    function = author["answer"]
    assert callable(function)
    return function  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def drawn(exercise: Exercise) -> list[tuple[Question, ...]]:
    """The three questions of each of 200 learners."""
    return [exercise.questions(learner) for learner in LEARNERS]


@pytest.fixture
def judge(exercise: Exercise, engine: EngineClient) -> Callable[..., Verdict]:
    def judge(source: str, seed: int = 1) -> Verdict:
        return engine.check(exercise, source, learner="ada", seed=seed)

    return judge


@pytest.fixture
def changed(exercise: Exercise) -> Callable[..., str]:
    """The reference with something else in one place or more."""

    def changed(*replaced: tuple[str, str]) -> str:
        source = exercise.reference("ada")
        for old, new in replaced:
            assert source.count(old) == 1
            source = source.replace(old, new)
        return source

    return changed
