"""Finding exercises, and drawing a learner's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tutor.errors import UnknownExercise

if TYPE_CHECKING:
    from tutor.course import Course


@pytest.mark.parametrize(
    "selector",
    ["3", "03", "affine", "affine.py", "03_affine", "exercises/03_affine/affine.py", "/else/where/03_affine/affine.py",
     "./03_affine", "exercises/03_affine/"],
)  # fmt: skip
def test_every_way_to_name_an_exercise(small_course: Course, selector: str) -> None:
    assert small_course.find(selector).number == 3


@pytest.mark.parametrize(
    ("selector", "near"),
    [("affin", "3 affine"), ("scael", "2 scale"), ("4", "3 affine"), ("zzz", "cnn-tutor list"), ("", "cnn-tutor list")],
)
def test_an_unknown_exercise_comes_with_the_nearest(small_course: Course, selector: str, near: str) -> None:
    with pytest.raises(UnknownExercise) as error:
        small_course.find(selector)
    assert near in error.value.remedy


def test_the_word_exercise_is_optional(small_course: Course) -> None:
    assert [one.number for one in small_course.select(("exercise 2", "exercise  sum-by-hand"))] == [2, 1]
    chosen = small_course.select(("exercise", "2", "affine", "exercise", "1"))
    assert [exercise.number for exercise in chosen] == [2, 3, 1]


def test_a_learner_always_gets_the_same_questions_and_another_learner_others(small_course: Course) -> None:
    exercise = small_course.find("sum-by-hand")
    ada, again, bob = (exercise.questions(name) for name in ("ada", "ada", "bob"))
    assert ada == again
    assert ada[0] == bob[0]
    assert ada[0].given == {"rows": [[1, 2, 3], [3, 2, 2]]}
    assert [question.name for question in ada] == ["q1", "q2", "q3"]
    assert ada[1:] != bob[1:]


def test_a_starter_has_the_learners_questions_in_comments_and_is_python(small_course: Course) -> None:
    exercise = small_course.find("sum-by-hand")
    namespace: dict[str, object] = {}
    exec(exercise.starter("ada"), namespace)
    assert namespace["q2_mean"] is ...
    for question in exercise.questions("ada"):
        for line in question.prompt.splitlines():
            assert f"# {line}" in exercise.starter("ada")


def test_blanks_have_the_names_of_the_file(small_course: Course) -> None:
    blanks = small_course.find("sum-by-hand").questions("ada")[1].blanks
    assert [(blank.name, blank.shape) for blank in blanks] == [("q2_total", (3,)), ("q2_mean", (3,))]
