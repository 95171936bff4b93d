"""Counting parameters: LeNet-5's figures, what the variants are like, and what is said of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from tutor.course.questions import fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tutor.course import Exercise, Question
    from tutor.engine.client import EngineClient

SLUG = "count-parameters"
SEEDS = (1, 2)


def test_lenet_has_61706_parameters(exercise: Exercise, answer: Callable[..., Mapping[str, Any]]) -> None:
    assert answer(exercise.questions("x")[0].given) == {
        "flat": 400,
        "weights": [150, 0, 2400, 0, 48000, 10080, 840],
        "biases": [6, 0, 16, 0, 120, 84, 10],
        "total": 61706,
    }
    lenet = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    assert lenet(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert sum(parameter.numel() for parameter in lenet.parameters()) == 61706


def test_the_figures_of_lesson_and_explanation() -> None:
    conv = nn.Conv2d(2, 3, kernel_size=(3, 4))
    assert conv.weight.shape == (3, 2, 3, 4)
    assert (conv.weight.numel(), conv.bias.numel() if conv.bias is not None else 0) == (72, 3)
    assert sum(p.numel() for p in nn.Conv2d(16, 16, 3, groups=16).parameters()) == 160
    assert 150 + 6 + 2400 + 16 == 2572
    assert 28 * 28 * 6 * 28 * 28 == 3_687_936
    assert 150 * 28 * 28 == 117_600
    assert 0.775 < 48_000 / 61_706 < 0.825


def test_variants_hide_nothing(drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, Any]]) -> None:
    for question in [question for _, *questions in drawn for question in questions]:
        layers = question.given["layers"]
        convs = [layer for layer in layers if layer[0] == "conv"]
        assert all(kernel[0] != kernel[1] for _, _, kernel, _, _ in convs)
        assert any(padding != (0, 0) for _, _, _, padding, _ in convs)
        assert question.given["channels"] >= 2
        assert len({question.given["channels"], *(conv[1] for conv in convs)}) == 3
        assert {layer[-1] for layer in layers if layer[0] != "pool"} == {True, False}
        assert any(layer[0] == "pool" for layer in layers)
        answers = answer(question.given)
        assert answers["flat"] <= 800
        assert len(answers["weights"]) == len(answers["biases"]) == len(layers)
    assert all(len(q3.given["layers"]) > len(q2.given["layers"]) for q2, q3 in ((q2, q3) for _, q2, q3 in drawn))


def test_the_prompt_tells_everything_but_the_answer(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, Any]]
) -> None:
    for question in (questions[2] for questions in drawn):
        for _, out, (k, o), _, bias in (layer for layer in question.given["layers"] if layer[0] == "conv"):
            assert re.search(
                rf"→ {out} channels, kernel {k}×{o}, .*, {'bias' if bias else 'no bias'}$", question.prompt, re.M
            )
        assert str(answer(question.given)["total"]) not in question.prompt
        assert "linear    ? →" in question.prompt


def test_worked_ends_in_the_right_numbers(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, Any]]
) -> None:
    for questions in drawn:
        for question in questions:
            right = answer(question.given)
            bold = [int(number) for number in re.findall(r"\*\*(\d+)\*\*", question.worked)]
            per_layer = [count for pair in zip(right["weights"], right["biases"], strict=True) for count in pair]
            assert bold == [right["flat"], *per_layer, right["total"]]
            # What is written out is right as well: products, sums and sizes.
            for left, outcome in re.findall(r"([\d ·+−/]+) =\s+\*{0,2}(\d+)", question.worked):
                assert eval(left.replace("·", "*").replace("−", "-")) == int(outcome)
            assert max(map(len, question.worked.splitlines())) <= 90


def test_practice_is_endless(exercise: Exercise) -> None:
    drawn = {repr(exercise.practice(seed)[1].given) for seed in range(200)}
    assert len(drawn) == 200
    assert {len(exercise.practice(seed)[1].given["layers"]) for seed in range(20)} == {4, 6}


def test_mistakes_in_a_practice_question_get_their_own_name_or_none(exercise: Exercise, engine: EngineClient) -> None:
    # One question has few biases, so that some mistakes show in two numbers only; those stay without a name.
    for seed in SEEDS:
        named = 0
        for wrong in exercise.wrong:
            source = fill_in(wrong.source, exercise.practice(seed))
            verdict = engine.check(exercise, source, learner="x", seed=seed, practice=True)
            assert verdict.verdict == "fail"
            assert verdict.misconception in (wrong.misconception, None)
            named += verdict.misconception is not None
        assert named >= 14


def test_numbers_that_are_right_and_numbers_that_are_missing_are_told_apart(
    exercise: Exercise, engine: EngineClient
) -> None:
    source = exercise.starter("ada").replace("q1_flat = ...", "q1_flat = 16 * 5 * 5")
    source = source.replace("q1_weights = ...", "q1_weights = [150, 0, 2400, 0, 48000, 10080, 850]")
    verdict = engine.check(exercise, source, learner="ada", seed=1)
    message = verdict.checks[0].message
    assert "q1_flat" not in message
    assert "6 of 7 right. Off: number 7 (you: 850)" in message
    assert "q1_total" in message
    assert "not filled in yet" in message
