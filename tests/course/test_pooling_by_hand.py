"""Pooling by hand: the slides' figures, what the variants are like, and what is said of them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.course.questions import fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tutor.course import Exercise, Question
    from tutor.engine.client import EngineClient

SLUG = "pooling-by-hand"
SEEDS = (0, 1)


def test_the_slides_figures(exercise: Exercise, answer: Callable[..., Mapping[str, torch.Tensor]]) -> None:
    question = exercise.questions("x")[0]
    assert [blank.name for blank in question.blanks] == ["q1_max", "q1_max_rect", "q1_avg", "q1_avg_rect"]
    answers = {name: table.tolist() for name, table in answer(question.given).items()}
    assert answers["max"] == [[3, 3, 3], [4, 4, 4], [4, 4, 4]]
    assert answers["max_rect"] == [[3, 4, 3], [4, 4, 4]]
    assert answers["avg"] == [[2, 1.25, 1], [2.5, 1.75, 1.25], [2, 2.5, 2.5]]
    assert [[round(number, 4) for number in row] for row in answers["avg_rect"]] == [
        [2, 1.6667, 0.8333],
        [1.8333, 1.6667, 1.3333],
    ]


def test_the_figures_of_the_lesson_about_padding() -> None:
    x = torch.tensor([[[-4.0, -2, 5], [-3, -6, 1], [2, 0, -1]]])
    assert nn.MaxPool2d(kernel_size=2, stride=2, padding=1)(x).tolist() == [[[-4, 5], [2, 1]]]
    assert nn.AvgPool2d(kernel_size=2, stride=2, padding=1)(x).tolist() == [[[-1, 0.75], [-0.25, -1.5]]]


def test_the_tables_are_small_and_have_the_shape_that_is_asked(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, torch.Tensor]]
) -> None:
    for question in [question for _, *questions in drawn for question in questions]:
        answers = answer(question.given)
        for blank in question.blanks:
            assert tuple(answers[blank.name.partition("_")[2]].shape) == blank.shape
            assert max(blank.shape) <= 3
            assert min(blank.shape) >= 2


def test_question_2_has_no_padding_and_windows_that_are_not_side_by_side(drawn: list[tuple[Question, ...]]) -> None:
    for question in (questions[1] for questions in drawn):
        a, b = question.given["a"], question.given["b"]
        assert a[2] == b[2] == (0, 0)
        assert a[0] != a[1] or b[0] != b[1]
        # One kernel is rectangular, and one stride differs on the axes: both swaps show.
        assert sum(kernel[0] != kernel[1] for kernel in (a[0], b[0])) == 1
        assert sum(stride[0] != stride[1] for stride in (a[1], b[1])) == 1
        assert all(entry >= 0 for row in question.given["input"] for entry in row)
    both = [
        window
        for question in (questions[1] for questions in drawn)
        for window in (question.given["a"], question.given["b"])
    ]
    assert any(k > s for kernel, stride, _ in both for k, s in zip(kernel, stride, strict=True))
    assert any(k < s for kernel, stride, _ in both for k, s in zip(kernel, stride, strict=True))


def test_question_3_shows_what_the_padding_stands_for(drawn: list[tuple[Question, ...]]) -> None:
    for question in (questions[2] for questions in drawn):
        x = torch.tensor(question.given["input"], dtype=torch.float64)[None, None]
        kernel, stride, (p, q) = question.given["a"]
        with_zeros = F.max_pool2d(F.pad(x, (q, q, p, p)), kernel, stride)
        assert (with_zeros != F.max_pool2d(x, kernel, stride, (p, q))).sum() >= 3
        kernel, stride, padding = question.given["b"]
        by_input_alone = F.avg_pool2d(x, kernel, stride, padding, count_include_pad=False)
        assert (by_input_alone != F.avg_pool2d(x, kernel, stride, padding)).sum() >= 3


def test_worked_ends_in_the_right_numbers(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, torch.Tensor]]
) -> None:
    for questions in drawn:
        for question in questions:
            right = answer(question.given)
            ends = [
                ast.literal_eval(table) for table in re.findall(r"^Row by row: \*\*(.+)\*\*$", question.worked, re.M)
            ]
            assert len(ends) == len(question.blanks)
            for blank, table in zip(question.blanks, ends, strict=True):
                expected = right[blank.name.partition("_")[2]]
                assert torch.tensor(table) == pytest.approx(expected, abs=5.1e-5)
            # One line a window, and each ends in its number.
            numbers = [float(n.replace("−", "-")) for n in re.findall(r"= \*\*(.+)\*\*$", question.worked, re.M)]
            assert numbers == [float(entry) for table in ends for row in table for entry in row]
            assert max(map(len, question.worked.splitlines())) <= 78


def test_sums_in_worked_are_right(drawn: list[tuple[Question, ...]]) -> None:
    for question in [question for _, *questions in drawn for question in questions]:
        sums = re.findall(r"\((.+)\) / (\d+)\s+= (.+) / \2 = \*\*(.+)\*\*", question.worked)
        assert sums
        for written, count, total, mean in (tuple(text.replace("−", "-") for text in found) for found in sums):
            assert eval(written) == int(total)
            assert int(total) / int(count) == pytest.approx(float(mean), abs=5.1e-5)


def test_practice_is_endless(exercise: Exercise) -> None:
    drawn = {repr(exercise.practice(seed)[1].given) for seed in range(200)}
    assert len(drawn) == 200
    paddings = {exercise.practice(seed)[1].given["a"][2] != (0, 0) for seed in range(20)}
    assert paddings == {True, False}


def test_every_mistake_that_shows_in_a_practice_question_is_named_there(
    exercise: Exercise, engine: EngineClient
) -> None:
    for seed in SEEDS:
        named = 0
        for wrong in exercise.wrong:
            verdict = engine.check(
                exercise, fill_in(wrong.source, exercise.practice(seed)), learner="x", seed=seed, practice=True
            )
            if verdict.verdict == "fail":
                assert verdict.misconception == wrong.misconception
                named += 1
        assert named >= 12


def test_a_swapped_kernel_is_named_even_where_it_changes_the_shape(exercise: Exercise, engine: EngineClient) -> None:
    # With the kernel on its side, the slides' 3×2 tables would have three rows of two: the rest is enough.
    source = exercise.reference("ada").replace("K, O = kernel", "O, K = kernel")
    verdict = engine.check(exercise, source, learner="ada", seed=1)
    assert "2 rows of 3 numbers are asked" in verdict.checks[0].message
    assert verdict.misconception == "kernel-axes-swapped"
