"""What is asked of the engine: known programs as a learner's, a second time, and with bad intent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from tutor.authoring.judged import Judged, judge_again, judge_known, try_hostile
from tutor.engine.client import EngineClient
from tutor.errors import GraderError
from tutor.hostile import HostileSubmission
from tutor.lab.datasets import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.course import Course, Exercise
    from tutor.verdict import Verdict


SCALE = "def scale(x, factor):\n    return x * factor\n"

HOSTILE = [
    HostileSubmission("exits", "import os\nos._exit(0)\n", frozenset({"error"})),
    HostileSubmission("never_ends", "while True:\n    pass\n", frozenset({"timeout"})),
    # Ends within the exercise's own limit, which is longer than the shortened one.
    HostileSubmission("slow", f"import time\ntime.sleep(0.8)\n{SCALE}    return 1 / 0\n", frozenset({"pass"})),
]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time limits that were asked for."""
    return []


def tried(engine: EngineClient, course: Course, programs: Sequence[HostileSubmission], limits: list[float]) -> Judged:
    """What comes of hostile programs as answers to `scale`."""
    root = course.location.exercises.parent
    return try_hostile(engine, course.find("scale"), root, 1, programs, set_limit=limits.append, reference_s=0.01)


@pytest.fixture(params=["scale", "sum-by-hand", "affine"])
def exercise(request: pytest.FixtureRequest, small_course: Course) -> Exercise:
    return small_course.find(request.param)


def test_what_holds_in_the_engine_has_no_problem_and_no_second_verdict(
    small_engine: EngineClient, small_course: Course, exercise: Exercise
) -> None:
    root = small_course.location.exercises.parent
    found = judge_known(small_engine, exercise, root, (1, 2), SYNTHETIC)
    assert found.problems == []
    assert set(found.verdicts) == {
        answer.path.relative_to(root).as_posix() for answer in (exercise.reference_answer, *exercise.wrong)
    }
    # The starter twice, the reference on both seeds, wrong answers on the first.
    assert found.tried == 2 + 2 + len(exercise.wrong)
    with EngineClient(small_course.location) as other:
        again = judge_again(other, exercise, root, 1, SYNTHETIC, found.verdicts)
    assert again.problems == []
    assert 0 < again.reference_s < exercise.manifest.timeout_s


def test_in_a_quick_proof_few_are_judged_a_second_time(
    small_engine: EngineClient, small_course: Course, exercise: Exercise
) -> None:
    root = small_course.location.exercises.parent
    assert judge_again(small_engine, exercise, root, 1, SYNTHETIC, {}, every=False).tried == 2


def test_a_second_verdict_that_differs_says_where(small_engine: EngineClient, small_course: Course) -> None:
    root = small_course.location.exercises.parent
    exercise = small_course.find("scale")
    verdicts = judge_known(small_engine, exercise, root, (1,), SYNTHETIC).verdicts
    file = "solutions/02_scale/wrong/adds.py"
    data = json.loads(verdicts[file])
    data["checks"][0]["counterexample"]["got"] = "17"
    problems = judge_again(small_engine, exercise, root, 1, SYNTHETIC, {**verdicts, file: json.dumps(data)}).problems
    assert [problem.file for problem in problems] == [file]
    assert "`checks[0].counterexample.got` is " in problems[0].says
    assert 'and was "17"' in problems[0].says


def test_hostile_programs_get_the_verdicts_that_are_right_for_them(
    small_engine: EngineClient, small_course: Course, limits: list[float]
) -> None:
    found = tried(small_engine, small_course, HOSTILE, limits)
    assert found.hostile == 3
    assert found.problems == []
    # Nothing needed more time than the shortened limit.
    assert len(limits) == 1
    assert 0 < limits[0] < 1


def test_what_gets_as_far_as_a_training_trains_where_there_is_neither_mnist_nor_a_network(
    small_engine: EngineClient, small_course: Course, limits: list[float]
) -> None:
    asked = []

    class Overheard:
        def check(self, *args: Any, **kwargs: Any) -> Verdict:
            asked.append(kwargs["data"])
            return small_engine.check(*args, **kwargs)

    tried(cast("EngineClient", Overheard()), small_course, HOSTILE, limits)
    assert asked == [SYNTHETIC] * 3


def test_a_hostile_program_that_gets_through_is_a_fault(
    small_engine: EngineClient, small_course: Course, limits: list[float]
) -> None:
    gets_through = HostileSubmission("gets_through", SCALE, frozenset({"error", "fail"}))
    (problem,) = tried(small_engine, small_course, [gets_through], limits).problems
    assert problem.says == "the hostile program `gets_through` gets the verdict pass"
    assert problem.do.startswith("Right would be error or fail.")
    assert problem.is_fault


def test_where_a_check_cannot_put_up_with_one_it_is_named(small_course: Course, limits: list[float]) -> None:
    class Raises:
        def check(self, *args: object, **kwargs: object) -> None:
            raise GraderError("checks.py: check `values` itself raises TypeError", "It must not.")

    with pytest.raises(GraderError, match="itself raises TypeError, on the hostile program `exits`") as error:
        tried(cast("EngineClient", Raises()), small_course, HOSTILE, limits)
    assert error.value.remedy == "It must not."


def test_one_whose_layer_is_off_proves_nothing(
    small_engine: EngineClient, small_course: Course, limits: list[float]
) -> None:
    gets_out = HostileSubmission("gets_out", SCALE, frozenset({"error"}), frozenset({"a layer that nobody has"}))
    found = tried(small_engine, small_course, [gets_out], limits)
    assert (found.hostile, found.problems) == (0, [])


def test_what_is_cut_off_too_soon_gets_all_of_its_time(
    small_engine: EngineClient, small_course: Course, limits: list[float]
) -> None:
    never_ends = HostileSubmission("never_ends", "while True:\n    pass\n", frozenset({"fail"}))
    found = tried(small_engine, small_course, [never_ends], limits)
    assert limits[1:] == [small_course.find("scale").manifest.timeout_s, limits[0]]
    assert [problem.says for problem in found.problems] == ["the hostile program `never_ends` gets the verdict timeout"]
