"""Exercise 6: the slides' figures, what its variants show, and its worked explanations."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.course.conftest import LEARNERS
from tutor.checks.diagnosis import MIN_EVIDENCE
from tutor.course.questions import PRACTISED, fill_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tutor.course import Exercise, Question

SLUG = "channels-by-hand"
SEEDS = range(200)
WIDTH = 76
SUFFIXES = [f"filter{number}_{what}" for number in (1, 2) for what in ("channel1", "channel2", "output")]

Tables = dict[str, list[list[float]]]


@pytest.fixture(scope="module")
def asked(exercise: Exercise) -> list[Question]:
    """Every question of 200 learners, and 200 to practise on."""
    own = [question for learner in LEARNERS for question in exercise.questions(learner)]
    return own + [practised(exercise, seed) for seed in SEEDS]


def practised(exercise: Exercise, seed: int) -> Question:
    (question,) = (question for question in exercise.practice(seed) if question.name == PRACTISED)
    return question


def answers(author: dict[str, Any], question: Question) -> Tables:
    return {suffix: table.tolist() for suffix, table in author["answer"](question.given).items()}


def flat(tables: Mapping[str, Any]) -> list[float]:
    return [number for suffix in SUFFIXES for row in tables[suffix] for number in row]


def differences(answers_of_each: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """In how many numbers each one's tables differ clearly from each one's."""
    rows = np.array([flat(tables) for tables in answers_of_each])
    counts: np.ndarray = (abs(rows[:, None] - rows) > 0.05).sum(axis=2)
    return counts


def test_the_slides_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    slides = exercise.questions("x")[0]
    assert slides.given["input"] == [
        [[2, 2, 1, 4], [1, 0, 0, 4], [0, 3, 3, 4], [0, 4, 1, 2]],
        [[0, 0, 2, 1], [4, 1, 3, 1], [4, 3, 1, 4], [2, 4, 2, 0]],
    ]
    assert slides.given["filters"][0] == [[[1, 1, 0], [1, 0, 1], [1, 1, 0]], [[1, 0, 1], [0, 1, 0], [0, 1, 0]]]
    assert slides.given["filters"][1] == [[[1] * 3] * 3, [[1, 1, 0], [0, 1, 1], [1, 1, 1]]]
    assert slides.given["bias"] == [1, 1]
    assert answers(author, slides) == {
        "filter1_channel1": [[8, 13], [8, 12]],
        "filter1_channel2": [[6, 5], [14, 5]],
        "filter1_output": [[15, 19], [23, 18]],
        "filter2_channel1": [[12, 21], [12, 21]],
        "filter2_channel2": [[12, 14], [17, 15]],
        "filter2_output": [[25, 36], [30, 37]],
    }


def test_the_output_is_that_of_pytorchs_layer(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked[::50]:
        given = question.given
        layer = nn.Conv2d(2, 2, len(given["filters"][0][0]), dtype=torch.float64)
        layer.load_state_dict({"weight": torch.tensor(given["filters"]), "bias": torch.tensor(given["bias"])})
        output = layer(torch.tensor([given["input"]], dtype=torch.float64))[0].tolist()
        right = answers(author, question)
        assert output == [right["filter1_output"], right["filter2_output"]]


def test_the_layers_that_lesson_and_explanation_mention() -> None:
    conv, grouped = nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3, groups=2)
    assert conv.bias is not None
    assert (conv.weight.shape, conv.bias.shape) == ((2, 2, 3, 3), (2,))
    assert sum(parameter.numel() for parameter in conv.parameters()) == 38
    assert grouped.weight.numel() == 18


def test_variants_are_small_and_no_kernel_stays_the_same_when_turned(asked: list[Question]) -> None:
    variants = [question for question in asked if question.name != "q1"]
    assert len(variants) == 600
    for given in (question.given for question in variants):
        assert {number for channel in given["input"] for row in channel for number in row} <= {0, 1, 2, 3, 4}
        kernels = [kernel for kernels in given["filters"] for kernel in kernels]
        assert len(kernels) == 4
        for kernel in kernels:
            weights = [weight for row in kernel for weight in row]
            assert set(weights) <= {-1, 0, 1, 2}
            assert weights.count(0) <= 1
            assert kernel != [row[::-1] for row in kernel[::-1]]
            assert kernel != [list(column) for column in zip(*kernel, strict=True)]
        assert len({repr(kernel) for kernel in kernels}) >= 2
        assert 0 not in given["bias"]
        assert given["bias"][0] != given["bias"][1]


def test_a_kernel_stands_below_its_channel(asked: list[Question]) -> None:
    for question in asked[::20]:
        lines = question.prompt.splitlines()
        start = next(line.index("channel 2") for line in lines if "channel 2" in line)
        rows = [line for line in lines[2:-1] if line.strip()]
        given = question.given
        left = [*given["input"][0], *given["filters"][0][0], *given["filters"][1][0]]
        right = [*given["input"][1], *given["filters"][0][1], *given["filters"][1][1]]
        label = 16
        assert [[int(number) for number in row[label:start].split()] for row in rows] == left
        assert [[int(number) for number in row[start:].split()] for row in rows] == right


def test_the_blanks_are_the_tables_of_each_filter(asked: list[Question], author: dict[str, Any]) -> None:
    for question in asked:
        assert [blank.name for blank in question.blanks] == [f"{question.name}_{suffix}" for suffix in SUFFIXES]
        right = answers(author, question)
        assert {blank.shape for blank in question.blanks} == {(2, 2)}
        assert all([len(row) for row in table] == [2, 2] for table in right.values())


def test_the_known_mistakes_are_the_wrong_programs(
    exercise: Exercise, author: dict[str, Any], asked: list[Question]
) -> None:
    # What the generator rejects numbers by has to be what a submission is compared with.
    programs = {wrong.misconception: wrong.source for wrong in exercise.wrong}
    for question in asked[::37]:
        tables = author["mistakes"](question.given)
        assert list(tables) == [entry.id for entry in exercise.manifest.misconception]
        alone = tuple(replace(question, name=name) for name in ("q1", "q2", "q3"))
        for misconception, source in programs.items():
            namespace: dict[str, Any] = {}
            exec(fill_in(source, alone), namespace)
            got = {suffix: namespace[f"q2_{suffix}"] for suffix in SUFFIXES}
            assert flat(got) == pytest.approx(flat(tables[misconception])), misconception


def test_each_variant_alone_tells_every_mistake_from_the_truth_and_the_others(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        mistakes = author["mistakes"](question.given)
        apart = differences([answers(author, question), *mistakes.values()])
        assert apart[0, 1:].min() >= MIN_EVIDENCE, question.given
        assert (apart == 0).sum() == len(mistakes) + 1, question.given


def test_worked_ends_in_pytorchs_numbers(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked:
        tables = [ast.literal_eval(text) for text in re.findall(r"\*\*(\[\[.+?\]\])\*\*", question.worked)]
        assert dict(zip(SUFFIXES, tables, strict=True)) == answers(author, question)


def test_worked_adds_up(asked: list[Question]) -> None:
    for question in asked:
        sums = re.findall(r"^row \d, column \d: +(.+?) += +(−?\d+)$", question.worked, flags=re.MULTILINE)
        assert len(sums) == 6 * 4
        for left, right in sums:
            assert eval(left.replace("·", "*").replace("−", "-")) == int(right.replace("−", "-")), (left, right)


def test_worked_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        assert [line for line in question.worked.splitlines() if len(line) > WIDTH] == []
        assert "$" not in question.worked


def test_practice_is_endless(exercise: Exercise) -> None:
    assert len({repr(practised(exercise, seed).given) for seed in SEEDS}) == len(SEEDS)
