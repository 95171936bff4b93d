"""Exercise 11: the slides' figures, what its variants show, what is said of mistakes, and the worked explanations."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import nn

from tutor.checks.diagnosis import MIN_EVIDENCE
from tutor.course.questions import PRACTISED, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tutor.course import Exercise, Question
    from tutor.verdict import Verdict

SLUG = "batch-norm-by-hand"
SEEDS = range(200)
SUFFIXES = ("mean", "variance", "output")

Namespace = dict[str, Any]


@pytest.fixture(scope="module")
def asked(exercise: Exercise, drawn: list[tuple[Question, ...]]) -> list[Question]:
    """Every question of 200 learners, and 200 to practise on."""
    own = [question for questions in drawn for question in questions]
    return own + [practised(exercise, seed) for seed in SEEDS]


def practised(exercise: Exercise, seed: int) -> Question:
    (question,) = (question for question in exercise.practice(seed) if question.name == PRACTISED)
    return question


def flat(answers: Mapping[str, Any]) -> list[float]:
    return [number for suffix in SUFFIXES for number in np.ravel(answers[suffix]).tolist()]


def differences(answers_of_each: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """In how many numbers each one's answers differ clearly from each one's."""
    rows = np.array([flat(answers) for answers in answers_of_each])
    counts: np.ndarray = (abs(rows[:, None] - rows) > 0.0055).sum(axis=2)
    return counts


# -- figures -----------------------------------------------------------------------------------------------------------


def test_the_slides_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    slides = exercise.questions("x")[0]
    assert slides.given["batch"] == [[2, 2, 1], [4, 1, 0], [0, 4, 0], [3, 3, 4]]
    assert (slides.given["gamma"], slides.given["beta"], slides.given["eps"]) == ([1] * 3, [0] * 3, 1e-5)
    answers = author["answer"](slides.given)
    assert answers["mean"].tolist() == [2.25, 2.5, 1.25]
    assert answers["variance"].tolist() == pytest.approx([2.1875, 1.25, 2.6875])
    assert [round(sigma, 4) for sigma in answers["variance"].sqrt().tolist()] == [1.4790, 1.1180, 1.6394]
    assert [[round(number, 4) for number in row] for row in answers["output"].tolist()] == [
        [-0.1690, -0.4472, -0.1525],
        [1.1832, -1.3416, -0.7625],
        [-1.5213, 1.3416, -0.7625],
        [0.5071, 0.4472, 1.6775],
    ]


def test_the_answers_are_those_of_pytorchs_layer_in_train_mode(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked[::17]:
        given = question.given
        layer = nn.BatchNorm1d(3, eps=given["eps"], dtype=torch.float64)
        names = {"weight": "gamma", "bias": "beta"}
        state = {mine: torch.tensor(given[its], dtype=torch.float64) for mine, its in names.items()}
        layer.load_state_dict(state, strict=False)
        output = layer(torch.tensor(given["batch"], dtype=torch.float64))
        answers = author["answer"](given)
        assert torch.allclose(answers["output"], output, rtol=1e-12, atol=1e-12)
        # In train mode it stores a tenth of what it has found, with the unbiased variance.
        assert layer.running_mean is not None
        assert layer.running_var is not None
        assert torch.allclose(layer.running_mean, 0.1 * answers["mean"])
        assert torch.allclose(layer.running_var, 0.9 + 0.1 * 4 / 3 * answers["variance"])


# -- questions ---------------------------------------------------------------------------------------------------------


def test_variants_are_small_whole_numbers_that_vary(drawn: list[tuple[Question, ...]]) -> None:
    for given in (question.given for questions in drawn for question in questions[1:]):
        batch = np.array(given["batch"])
        assert batch.shape == (4, 3)
        assert batch.min() >= 0
        assert batch.max() <= 6
        assert batch.var(axis=0).min() >= 0.5
        assert len(set(given["gamma"])) == len(set(given["beta"])) == 3
        assert not {0, 1} & set(given["gamma"])
        assert 0 not in given["beta"]


def test_the_known_mistakes_are_the_wrong_programs(
    exercise: Exercise, author: dict[str, Any], asked: list[Question]
) -> None:
    # What the generator rejects numbers by has to be what a submission is compared with.
    programs = {wrong.misconception: wrong.source for wrong in exercise.wrong}
    for question in asked[::37]:
        found = author["mistakes"](question.given)
        assert list(found) == [entry.id for entry in exercise.manifest.misconception]
        alone = tuple(replace(question, name=name) for name in ("q1", "q2", "q3"))
        for misconception, source in programs.items():
            namespace: Namespace = {}
            exec(fill_in(source, alone), namespace)
            got = {suffix: namespace[f"q2_{suffix}"] for suffix in SUFFIXES}
            # To multiply by γ before the division or after it may round a last decimal otherwise.
            assert differences([got, found[misconception]])[0, 1] == 0, misconception


def test_each_variant_alone_tells_every_mistake_from_the_truth_and_the_others(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        found = author["mistakes"](question.given)
        apart = differences([author["answer"](question.given), *found.values()])
        assert apart[0, 1:].min() >= MIN_EVIDENCE, question.given
        assert (apart == 0).sum() == len(found) + 1, question.given


def test_rounding_twice_costs_nobody_a_pass(exercise: Exercise, author: dict[str, Any], asked: list[Question]) -> None:
    # The slides' own 1.67747 becomes 1.6775, and that 1.678.
    for question in asked:
        for exact in flat(author["answer"](question.given)):
            four = round(exact, 4)
            for three in {round(four - 1e-12, 3), round(four + 1e-12, 3)}:
                assert abs(three - exact) <= exercise.manifest.tolerance.atol, question.given


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_rounding_costs_nobody_a_pass_nor_does_leaving_eps_out(
    exercise: Exercise, author: dict[str, Any], asked: list[Question], digits: int
) -> None:
    for question in asked:
        right, without = (author["answer"]({**question.given, "eps": eps}) for eps in (question.given["eps"], 1e-300))
        for exact, number in zip(flat(right), flat(without), strict=True):
            # Up as well as down, where the last digit that is cut off is a 5.
            for rounded in {round(number - 1e-12, digits), round(number + 1e-12, digits)}:
                assert abs(rounded - exact) <= exercise.manifest.tolerance.atol, question.given


def test_practice_is_endless(exercise: Exercise) -> None:
    assert len({repr(practised(exercise, seed).given) for seed in SEEDS}) == len(SEEDS)


# -- how a question is worked out --------------------------------------------------------------------------------------


def test_worked_ends_in_the_right_numbers(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked:
        right = author["answer"](question.given)
        said = [float(found) for found in re.findall(r"= \*\*([\d.]+)\*\*", question.worked)]
        statistics = [n for pair in zip(right["mean"].tolist(), right["variance"].tolist(), strict=True) for n in pair]
        assert said == pytest.approx(statistics, abs=5e-6)
        table = ast.literal_eval(question.worked.rpartition("```\n[")[2].removesuffix("```").join(["[", ""]))
        assert [n for row in table for n in row] == pytest.approx(right["output"].flatten().tolist(), abs=5.1e-5)
        # The same numbers stand in the last column of each feature's table.
        last = [float(line.split()[-1].replace("−", "-")) for line in re.findall(r"^ +[\d].*$", question.worked, re.M)]
        assert last == [row[feature] for feature in range(3) for row in table]
        assert max(map(len, question.worked.splitlines())) <= 76


# -- what a learner is told --------------------------------------------------------------------------------------------


def by(lines: str) -> str:
    """A program that answers all three questions by these lines, which know what is given and the right statistics."""
    body = "\n".join(f"    {line}" for line in lines.strip().splitlines())
    return "\n".join(
        [
            "def solve(batch, gamma, beta, eps):",
            "    columns = list(zip(*batch))",
            "    mean = [sum(c) / 4 for c in columns]",
            "    variance = [sum((x - mu) ** 2 for x in c) / 4 for c, mu in zip(columns, mean)]",
            "    def out(f):",
            "        return [[f(*n) for n in zip(row, mean, variance, gamma, beta)] for row in batch]",
            body,
            "    return mean, variance, output",
            *(f"q{n}_mean, q{n}_variance, q{n}_output = solve(**GIVEN[{n - 1}])" for n in (1, 2, 3)),
        ]
    )


NOBODYS = {
    "unbiased, and the signs flipped": """
variance = [4 / 3 * var for var in variance]
output = out(lambda x, mu, var, g, b: g * (mu - x) / var ** 0.5 + b)""",
    "σ as variance, and min–max": """
variance = [var ** 0.5 for var in variance]
output = [[(x - min(c)) / (max(c) - min(c)) for x, c in zip(row, columns)] for row in batch]""",
    "not divided, and the mean not subtracted": """
variance = [4 * var for var in variance]
output = out(lambda x, mu, var, g, b: g * x / var ** 0.5 + b)""",
    "m + 1": """
variance = [4 / 5 * var for var in variance]
output = out(lambda x, mu, var, g, b: g * (x - mu) / var ** 0.5 + b)""",
    "every feature with the mean of the next": """
mean = mean[1:] + mean[:1]
output = out(lambda x, mu, var, g, b: g * (x - mu) / var ** 0.5 + b)""",
    "divided by the variance, and doubled": """
output = out(lambda x, mu, var, g, b: 2 * (x - mu) / var)""",
    "all zeros": """
mean = variance = [0, 0, 0]
output = [[0, 0, 0]] * 4""",
}


@pytest.mark.parametrize("lines", NOBODYS.values(), ids=NOBODYS)
def test_what_is_nobodys_mistake_or_two_at_once_gets_no_name(
    exercise: Exercise, judge: Callable[..., Verdict], lines: str
) -> None:
    given = [question.given for question in exercise.questions("ada")]
    verdict = judge(by(lines).replace("GIVEN", repr(given)))
    assert [check.status for check in verdict.checks] == ["fail"] * 3
    assert verdict.misconception is None
    assert all(check.misconception is None for check in verdict.checks)


def test_the_number_that_the_slides_misprint_is_off_and_is_no_misconception(judge: Callable[..., Verdict]) -> None:
    output = "[[-0.169, -0.447, -0.152], [1.183, -1.342, -0.762], [-1.521, -1.342, -0.762], [0.507, 0.447, 1.677]]"
    verdict = judge(f"q1_mean = [2.25, 2.5, 1.25]\nq1_variance = [2.1875, 1.25, 2.6875]\nq1_output = {output}\n")
    message = "q1_output (output, a row per sample): 11 of 12 right. Off: row 3, column 2 (you: -1.342)"
    assert verdict.checks[0].message == message
    assert verdict.misconception is None


def test_what_the_slides_label_variance_is_named_where_the_output_is_right(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict]
) -> None:
    lines = []
    for question in exercise.questions("ada"):
        right = dict(author["answer"](question.given))
        right["variance"] = right["variance"].sqrt()
        lines += [f"{question.name}_{suffix} = {value.tolist()}" for suffix, value in right.items()]
    verdict = judge("\n".join(lines))
    assert verdict.misconception == "std-as-variance"
    assert verdict.looks_like is not None
    assert "σ² is asked" in verdict.looks_like
    message = "q1_variance (variance of each feature): 0 of 3 right. Off: number 1 (you: 1.479"
    assert verdict.checks[0].message.startswith(message)
