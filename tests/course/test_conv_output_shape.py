"""The output shape of a layer: what the variants are like, the dilation of the last one, and what is said of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.course.questions import fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tutor.course import Exercise, Question
    from tutor.engine.client import EngineClient

SLUG = "conv-output-shape"
ABOUT_DILATION = {"dilation-ignored", "dilation-times-kernel", "dilation-as-gaps", "dilation-axes-swapped"}


def test_the_slides_example_is_two_by_two(exercise: Exercise, answer: Callable[..., Mapping[str, Any]]) -> None:
    question = exercise.questions("x")[0]
    assert [question.given[name] for name in ("input", "kernel", "padding", "stride")] == [
        (4, 4),
        (3, 3),
        (1, 1),
        (2, 2),
    ]
    assert answer(question.given) == {"": [2, 2]}


def test_the_lessons_figures_about_dilation() -> None:
    assert nn.Conv2d(1, 1, 3, dilation=2)(torch.zeros(1, 1, 7, 7)).shape == (1, 1, 3, 3)
    conv = nn.Conv1d(1, 1, 3, stride=3, padding=1, dilation=2)
    assert conv(torch.zeros(1, 1, 11)).shape == (1, 1, 3)
    for dilation, covered in ((1, 3), (2, 5), (3, 7)):
        assert nn.Conv1d(1, 1, 3, dilation=dilation)(torch.zeros(1, 1, covered)).shape == (1, 1, 1)
        with pytest.raises(RuntimeError):
            nn.Conv1d(1, 1, 3, dilation=dilation)(torch.zeros(1, 1, covered - 1))


def test_only_the_last_question_is_dilated_on_both_axes_and_asks_for_the_span(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, Any]]
) -> None:
    for first, second, third in drawn:
        assert first.given["dilation"] == second.given["dilation"] == (1, 1)
        d, e = third.given["dilation"]
        assert d != e
        assert min(d, e) > 1
        assert "dilation" not in first.prompt + second.prompt
        assert f"dilation ({d}, {e})" in third.prompt
        assert [blank.name for question in (first, second, third) for blank in question.blanks] == [
            "q1",
            "q2",
            "q3_span",
            "q3",
        ]
        # The span is the smallest input that the kernel fits on, without padding.
        span = answer(third.given)["span"]
        conv = nn.Conv2d(1, 1, third.given["kernel"], dilation=(d, e))
        assert conv(torch.zeros(1, 1, *span)).shape == (1, 1, 1, 1)
        assert min(answer(third.given)[""]) >= 1


def test_worked_ends_in_the_right_numbers(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, Any]]
) -> None:
    for questions in drawn:
        for question in questions:
            right = answer(question.given)
            rows, columns = right[""]
            assert question.worked.endswith(f"Shape of the output: **({rows}, {columns})**")
            assert re.findall(r"\*\*(\d+)\*\*", question.worked) == [str(rows), str(columns)]
            assert re.findall(r"Span: \*\*\((\d+), (\d+)\)\*\*", question.worked) == (
                [tuple(map(str, right["span"]))] if "span" in right else []
            )
            for left, outcome in re.findall(r"([\d ·+−/()]+) = \*{0,2}(\d+)", question.worked):
                assert eval(left.replace("·", "*").replace("−", "-")) == int(outcome)
            assert max(map(len, question.worked.splitlines())) <= 76


def test_practice_is_endless_and_dilated_now_and_then(exercise: Exercise) -> None:
    practised = [exercise.practice(seed)[1] for seed in range(200)]
    assert len({repr(question.given) for question in practised}) == 200
    names = {tuple(blank.name for blank in question.blanks) for question in practised}
    assert names == {("q2",), ("q2_span", "q2")}


def test_every_mistake_is_named_in_practice_with_a_dilation(exercise: Exercise, engine: EngineClient) -> None:
    seed = next(seed for seed in range(20) if len(exercise.practice(seed)[1].blanks) == 2)
    for wrong in exercise.wrong:
        verdict = engine.check(
            exercise, fill_in(wrong.source, exercise.practice(seed)), learner="x", seed=seed, practice=True
        )
        assert verdict.verdict == "fail"
        # Four numbers are asked: enough for what shows in the span as well.
        shows_in_span = wrong.misconception in {*ABOUT_DILATION, "kernel-axes-swapped", "rows-columns-swapped"}
        assert verdict.misconception in ({wrong.misconception} if shows_in_span else {wrong.misconception, None})


def test_one_who_ignores_the_dilation_is_told_so(exercise: Exercise, engine: EngineClient) -> None:
    given = exercise.questions("ada")[2].given
    rows, columns = (
        (size + 2 * pad - kernel) // step + 1
        for size, kernel, pad, step in zip(
            *(given[name] for name in ("input", "kernel", "padding", "stride")), strict=True
        )
    )
    source = exercise.starter("ada")
    source = source.replace("q3_span = ...", f"q3_span = {given['kernel']}")
    source = source.replace("q3 = ...", f"q3 = ({rows}, {columns})")
    verdict = engine.check(exercise, source, learner="ada", seed=1)
    assert verdict.misconception == "dilation-ignored"
