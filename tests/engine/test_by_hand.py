"""Naming a mistake in a compute exercise when part of the slides' question is copied from the lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from tutor.course import Answer, Exercise, NamedBlank, builtin_course, load_course
from tutor.course.answer_file import indices
from tutor.engine.channel import LocalChannel
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tutor.course.answer_file import Index

COURSE = load_course(builtin_course())
LEARNER = "ada"

WORKED_OUT: dict[str, Callable[[str, Index], bool]] = {
    "conv-by-hand": lambda _, index: index[0] == 0,
    "channels-by-hand": lambda name, _: name.startswith("q1_filter1"),
    "batch-norm-by-hand": lambda _, index: index[-1] == 0,
}
"""Which answers to question 1 the lesson gives away: the first row, the first filter, the first feature."""

WRONG = [
    pytest.param(exercise, answer, id=f"{slug}-{answer.path.stem}")
    for slug, exercise in ((slug, COURSE.find(slug)) for slug in WORKED_OUT)
    for answer in exercise.wrong
]


def program(exercise: Exercise, answer: Answer) -> LocalChannel:
    channel = LocalChannel()
    channel.request("load", source=exercise.program(answer, LEARNER), filename=exercise.filename, forbidden={})
    return channel


def at(value: Any, index: Index) -> Any:
    value = value.tolist() if isinstance(value, torch.Tensor) else value
    for place in index:
        value = value[place]
    return value


def table(blank: NamedBlank, entries: dict[Index, float]) -> str:
    if len(blank.shape) == 1:
        return str([entries[column,] for column in range(blank.shape[0])])
    rows, columns = blank.shape
    return str([[entries[row, column] for column in range(columns)] for row in range(rows)])


def partly_copied(exercise: Exercise, answer: Answer) -> str:
    """The program of a learner who has the lesson's numbers in question 1, and the wrong answer's all over the rest."""
    right, wrong = (program(exercise, each) for each in (exercise.reference_answer, answer))
    lines = []
    for question in exercise.questions(LEARNER):
        for blank in question.blanks:
            entries = {}
            for index in indices(blank.shape):
                copied = question.name == "q1" and WORKED_OUT[exercise.slug](blank.name, index)
                value = (right if copied else wrong).request("get", name=blank.name)
                entries[index] = at(value, index)
            lines.append(f"{blank.name} = {table(blank, entries)}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineClient]:
    with EngineClient(COURSE.location) as engine:
        yield engine


@pytest.mark.parametrize(("exercise", "answer"), WRONG)
def test_what_is_copied_from_the_lesson_does_not_hide_a_mistake(
    engine: EngineClient, exercise: Exercise, answer: Answer
) -> None:
    verdict = engine.check(exercise, partly_copied(exercise, answer), learner=LEARNER, seed=1)
    assert verdict.verdict == "fail"
    assert verdict.misconception == answer.misconception


def test_a_mistake_is_named_while_one_goes_on_question_by_question(engine: EngineClient) -> None:
    exercise = COURSE.find("conv-output-shape")
    right = program(exercise, exercise.reference_answer).request("get", name="q1")
    for answer in exercise.wrong:
        mistaken = program(exercise, answer).request("get", name="q2")
        if mistaken == program(exercise, exercise.reference_answer).request("get", name="q2"):
            continue
        verdict = engine.check(exercise, f"q1 = {right}\nq2 = {mistaken}\nq3 = ...", learner=LEARNER, seed=1)
        named = [check.misconception for check in verdict.checks]
        # It is told for the question that shows it, never for one that is only not answered.
        assert named in ([None, answer.misconception, None], [None, None, None])
        assert verdict.misconception == named[1]


def test_a_mistake_after_a_question_that_is_left_out_is_named_where_it_is(engine: EngineClient) -> None:
    exercise = COURSE.find("conv-by-hand")
    forgotten = next(answer for answer in exercise.wrong if answer.misconception == "bias-forgotten")
    source = partly_copied(exercise, forgotten) + "\nq2 = ..."
    verdict = engine.check(exercise, source, learner=LEARNER, seed=1)
    assert [check.misconception for check in verdict.checks][1:] == [None, "bias-forgotten"]
    assert verdict.misconception == "bias-forgotten"


def test_a_right_number_in_ones_own_question_speaks_against_a_mistake(engine: EngineClient) -> None:
    exercise = COURSE.find("conv-by-hand")
    forgotten = next(answer for answer in exercise.wrong if answer.misconception == "bias-forgotten")
    right = program(exercise, exercise.reference_answer).request("get", name="q2")
    source = f"{partly_copied(exercise, forgotten)}\nq2[0] = {at(right, ())[0]}"
    verdict = engine.check(exercise, source, learner=LEARNER, seed=1)
    assert [check.status for check in verdict.checks] == ["fail"] * 3
    assert verdict.misconception is None


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[[7, 8]]", "has 1 row; 2 rows of 2 numbers are asked"),
        ("[[7], [15, 13]]", "row 1, has 1 number; 2 numbers are asked"),
        ("[7, 8]", "row 1, is 7; 2 numbers are asked"),
        ("7", "is 7; 2 rows of 2 numbers are asked"),
        ("__import__('torch').zeros(4)", "is a tensor of shape (4,); 2 rows of 2 numbers are asked"),
        ("__import__('numpy').zeros(4)", "has 4 rows; 2 rows of 2 numbers are asked"),
        ("'x' * 3_000_000", "is 'xxx"),
        ("[['x' * 3_000_000, 1], [2, 3]]", "is 'xxx"),
    ],
)
def test_numbers_of_another_shape_are_told_from_what_is_asked(engine: EngineClient, written: str, says: str) -> None:
    verdict = engine.check(COURSE.find("conv-by-hand"), f"q1 = {written}", learner=LEARNER, seed=1)
    assert says in verdict.checks[0].message
    assert len(verdict.checks[0].message) < 300


@pytest.mark.parametrize(
    ("shape", "right"),
    [
        ("torch.Size({0})", True),
        ("torch.empty({0}).shape", True),
        ("torch.tensor({0})", True),
        ("[torch.tensor({0}[0]), {0}[1]]", True),
        ("np.array({0})", True),
        ("np.array({0}, dtype=np.uint16)", True),
        ("[*np.array({0})]", True),
        ("[np.array({0}[0]), {0}[1]]", True),
        ("(np.array({0}) / 2).tolist()", False),
        ("np.array({0}, dtype=str)", False),
        ("torch.tensor({0}, dtype=torch.complex64)", False),
    ],
)
def test_a_shape_may_be_written_as_libraries_write_it(engine: EngineClient, shape: str, right: bool) -> None:
    exercise = COURSE.find("conv-output-shape")
    q1 = program(exercise, exercise.reference_answer).request("get", name="q1")
    source = f"import numpy as np\nimport torch\nq1 = {shape.format(q1)}\n"
    verdict = engine.check(exercise, source, learner=LEARNER, seed=1)
    assert (verdict.checks[0].status == "pass") is right, verdict.checks[0].message


def test_a_table_may_be_rows_of_arrays_or_of_tensors(engine: EngineClient) -> None:
    exercise = COURSE.find("conv-by-hand")
    q1 = program(exercise, exercise.reference_answer).request("get", name="q1")
    for row in ("np.array", "torch.tensor"):
        rows = ", ".join(f"{row}({line})" for line in q1)
        source = f"import numpy as np\nimport torch\nq1 = [{rows}]\n"
        assert engine.check(exercise, source, learner=LEARNER, seed=1).checks[0].status == "pass"
