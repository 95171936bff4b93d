"""Exercise 2: the slides' figures, what its variants show, and its worked explanations."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

from tests.course.conftest import LEARNERS
from tutor.checks.diagnosis import MIN_EVIDENCE
from tutor.course.questions import PRACTISED, fill_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.course import Exercise, Question

SLUG = "conv-by-hand"
SEEDS = range(200)
WIDTH = 76


@pytest.fixture(scope="module")
def asked(exercise: Exercise) -> list[Question]:
    """Every question of 200 learners, and 200 to practise on."""
    own = [question for learner in LEARNERS for question in exercise.questions(learner)]
    return own + [practised(exercise, seed)[0] for seed in SEEDS]


def practised(exercise: Exercise, seed: int) -> list[Question]:
    return [question for question in exercise.practice(seed) if question.name == PRACTISED]


def answer(author: dict[str, Any], question: Question) -> list[list[float]]:
    table: list[list[float]] = author["answer"](question.given)[""].tolist()
    return table


def flat(table: Sequence[Sequence[float]]) -> list[float]:
    return [number for row in table for number in row]


def differences(tables: Sequence[Sequence[Sequence[float]]]) -> np.ndarray:
    """In how many numbers each table differs clearly from each: (tables, tables)."""
    rows = np.array([flat(table) for table in tables])
    counts: np.ndarray = (abs(rows[:, None] - rows) > 0.05).sum(axis=2)
    return counts


def test_the_slides_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    slides = exercise.questions("x")[0]
    assert slides.given["input"] == [[0, 3, 1, 1], [3, 1, 2, 0], [3, 4, 2, 3], [3, 0, 0, 2]]
    assert slides.given["kernel"] == [[1, 1, 1], [1, 1, 1], [0, 1, 0]]
    assert (slides.given["padding"], slides.given["stride"], slides.given["bias"]) == ((1, 1), (2, 2), 1)
    assert answer(author, slides) == [[7, 8], [15, 13]]


def test_the_figures_that_lesson_and_explanation_work_out() -> None:
    x = torch.tensor([[[[1.0, 2, 0], [3, 1, 4], [0, 2, 1]]]])
    kernel = torch.tensor([[[[1.0, 0], [2, -1]]]])
    assert conv2d(x, kernel).tolist() == [[[[6, 0], [1, 4]]]]
    assert conv2d(x, kernel.flip(-2, -1))[0, 0, 0, 0].item() == 4
    edge = conv2d(torch.tensor([[[[0.0, 0, 0, 5, 5, 5]] * 2]]), torch.tensor([[[[-1.0, 1]]]]))
    assert edge.tolist() == [[[[0, 0, 5, 0, 0]] * 2]]


def test_every_number_of_the_slides_changes_if_the_kernel_is_turned(exercise: Exercise, author: dict[str, Any]) -> None:
    slides = exercise.questions("x")[0]
    turned = author["mistakes"](slides.given)["kernel-flipped"]
    assert differences([turned, answer(author, slides)])[0, 1] == 4


def test_variants_are_small_whole_numbers_and_not_square(asked: list[Question]) -> None:
    variants = [question for question in asked if question.name != "q1"]
    assert len(variants) == 600
    for given in (question.given for question in variants):
        rows, columns = len(given["input"]), len(given["input"][0])
        assert 3 <= min(rows, columns) < max(rows, columns) <= 6
        assert set(flat(given["input"])) <= {0, 1, 2, 3, 4}
        assert set(flat(given["kernel"])) <= {-1, 0, 1, 2}
        assert given["kernel"] != [row[::-1] for row in given["kernel"][::-1]]
        assert given["bias"] != 0
        assert len(given["kernel"]) * len(given["kernel"][0]) <= 6


def test_question_2_has_the_slides_padding_and_stride_and_question_3_none_alike(exercise: Exercise) -> None:
    for learner in LEARNERS:
        _, second, third = (question.given for question in exercise.questions(learner))
        assert (second["padding"], second["stride"]) == ((1, 1), (2, 2))
        assert len(second["kernel"]) != len(second["kernel"][0])
        assert sorted(third["padding"]) == [0, 1]
        assert sorted(third["stride"]) == [2, 3]


def test_the_blank_has_the_shape_of_the_output(asked: list[Question], author: dict[str, Any]) -> None:
    for question in asked:
        right = answer(author, question)
        (blank,) = question.blanks
        assert blank.shape == (len(right), len(right[0]))
        assert f"{blank.shape[0]} rows and {blank.shape[1]} columns" in question.prompt
        if question.name != "q1":
            assert sorted(blank.shape) == [2, 3]


def test_the_known_mistakes_are_the_wrong_programs(
    exercise: Exercise, author: dict[str, Any], asked: list[Question]
) -> None:
    # What the generator rejects numbers by has to be what a submission is compared with.
    programs = {wrong.misconception: wrong.source for wrong in exercise.wrong}
    for question in asked[1::37]:
        tables = author["mistakes"](question.given)
        assert list(tables) == [entry.id for entry in exercise.manifest.misconception]
        alone = tuple(replace(question, name=name) for name in ("q1", "q2", "q3"))
        for misconception, source in programs.items():
            namespace: dict[str, Any] = {}
            exec(fill_in(source, alone), namespace)
            assert flat(namespace["q2"]) == pytest.approx(flat(tables[misconception])), misconception


def test_each_variant_alone_tells_every_mistake_from_the_truth_and_the_others(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        mistakes = author["mistakes"](question.given)
        apart = differences([answer(author, question), *mistakes.values()])
        assert apart[0, 1:].min() >= MIN_EVIDENCE, question.given
        assert (apart == 0).sum() == len(mistakes) + 1, question.given


def test_worked_ends_in_pytorchs_numbers(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked:
        bold = re.findall(r"\*\*(.+?)\*\*", question.worked)
        right = answer(author, question)
        assert ast.literal_eval(bold[-1]) == right
        each = [int(text.replace("−", "-")) for text in bold if re.fullmatch(r"−?\d+", text)]
        assert each == flat(right)


def test_worked_adds_up(asked: list[Question]) -> None:
    for question in asked:
        sums = re.findall(r"^(.*·.*?) += +(−?\d+)$", question.worked, flags=re.MULTILINE)
        sums += re.findall(r"^(.* \+ bias .*) = \*\*(.+)\*\*$", question.worked, flags=re.MULTILINE)
        rows, columns = question.blanks[0].shape
        assert len(sums) == rows * columns * (len(question.given["kernel"]) + 1)
        for left, right in sums:
            expression = left.replace("·", "*").replace("−", "-").replace("bias ", "")
            assert eval(expression) == int(right.replace("−", "-")), (left, right)


def test_worked_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        assert [line for line in question.worked.splitlines() if len(line) > WIDTH] == []
        assert "$" not in question.worked


def test_practice_is_endless_and_has_both_kinds_of_variant(exercise: Exercise) -> None:
    givens = [practised(exercise, seed)[0].given for seed in SEEDS]
    assert len({repr(given) for given in givens}) == len(SEEDS)
    assert {given["stride"] for given in givens} == {(2, 2), (2, 3), (3, 2)}
