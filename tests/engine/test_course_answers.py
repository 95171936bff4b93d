"""The course's own answers: accepted ones pass, and wrong ones fail where and as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tutor.course import Answer, Exercise, builtin_course, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator

COURSE = load_course(builtin_course())
SEEDS = (1, 2, 3)
LEARNERS = ("ada", "grace", "kunihiko")

# What has to be trained takes long; `cnn-tutor verify`, which runs beside the tests, trains it.
RIGHT = [
    (exercise, answer)
    for exercise in COURSE.exercises
    for answer in (exercise.reference_answer, *exercise.accepted)
    if not exercise.is_train
]
# One for each check: a worker and the engine are to say the same. `cnn-tutor verify --quick`, which CI runs as well,
# tries all of them, on other seeds and learners.
WRONG = [
    (exercise, answer)
    for exercise in COURSE.exercises
    for answer in {answer.check: answer for answer in exercise.wrong_untrained}.values()
]


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineClient]:
    with EngineClient(COURSE.location) as engine:
        yield engine


def name(value: object) -> str:
    match value:
        case Exercise():
            return value.slug
        case Answer():
            return value.path.stem
    return str(value)


@pytest.mark.parametrize(("exercise", "answer"), RIGHT, ids=name)
def test_a_right_answer_passes_for_every_seed_and_learner(
    engine: EngineClient, exercise: Exercise, answer: Answer
) -> None:
    for seed, learner in zip(SEEDS, LEARNERS, strict=True):
        verdict = engine.check(exercise, exercise.program(answer, learner), learner=learner, seed=seed)
        assert verdict.verdict == "pass", verdict


@pytest.mark.parametrize(("exercise", "answer"), WRONG, ids=name)
def test_a_wrong_answer_fails_at_the_check_and_with_the_misconception_that_it_names(
    engine: EngineClient, exercise: Exercise, answer: Answer
) -> None:
    seed, learner = SEEDS[0], LEARNERS[0]
    verdict = engine.check(exercise, exercise.program(answer, learner), learner=learner, seed=seed)
    failed = next(check for check in verdict.checks if check.status != "pass")
    assert failed.id == answer.check, verdict
    assert verdict.misconception == answer.misconception, verdict


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=name)
def test_the_starter_is_not_started(engine: EngineClient, exercise: Exercise) -> None:
    assert engine.check(exercise, exercise.starter("ada"), learner="ada", seed=1).verdict == "not_started"


def test_every_exercise_has_the_known_answers_that_a_course_needs() -> None:
    for exercise in COURSE.exercises:
        assert len(exercise.accepted) >= 2
        assert len({answer.misconception for answer in exercise.wrong}) >= 5
        assert {answer.misconception for answer in exercise.wrong} == {
            misconception.id for misconception in exercise.manifest.misconception
        }


BLOCK = COURSE.find("residual-block")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("torch.relu(x + residual)", "nn.functional.leaky_relu(x + residual)"),
        ("torch.relu(x + residual)", "torch.sigmoid(x + residual)"),
        ("torch.relu(x + residual)", "torch.relu(x + 0.5 * residual)"),
        ("torch.relu(x + residual)", "x - residual"),
        ("h = torch.relu(self.conv1(x))", "h = self.conv1(x) + 1"),
        ("h = torch.relu(self.conv1(x))", "h = torch.relu(self.conv1(x)).flip(-1)"),
        ("torch.relu(x + residual)", "torch.relu(x + residual) + 1e-6"),
        ("residual = self.conv2(h)", "residual = self.conv2(h).detach()"),
    ],
)
def test_what_is_nobodys_pattern_gets_no_false_name(engine: EngineClient, old: str, new: str) -> None:
    source = BLOCK.reference("ada")
    assert old in source
    verdict = engine.check(BLOCK, source.replace(old, new), learner="ada", seed=1)
    assert verdict.verdict == "fail"
    assert verdict.misconception is None


def test_two_mistakes_at_once_get_no_false_name(engine: EngineClient) -> None:
    source = BLOCK.reference("ada")
    source = source.replace("torch.relu(self.conv1(x))", "self.conv1(x)").replace(
        "torch.relu(x + residual)", "x + residual"
    )
    verdict = engine.check(BLOCK, source, learner="ada", seed=1)
    assert verdict.verdict == "fail"
    assert verdict.misconception is None
