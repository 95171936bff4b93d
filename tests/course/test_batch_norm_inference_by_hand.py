"""Exercise 14: the slides' figures, what its variants show, what is said of mistakes, and the worked explanations."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from math import sqrt
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

SLUG = "batch-norm-inference-by-hand"
SEEDS = range(200)
WIDTH = 76
SUFFIXES = ("normalised", "output")
ONLY_WITH_EPS = {"eps-after-root", "eps-left-out", "eps-of-the-others"}
NEED_OTHERS = {"batch-statistics-unbiased", "statistics-updated", "updated-towards-new"}

Namespace = dict[str, Any]


@pytest.fixture(scope="module")
def asked(exercise: Exercise, drawn: list[tuple[Question, ...]]) -> list[Question]:
    """Every question of 200 learners, and 200 to practise on."""
    own = [question for questions in drawn for question in questions]
    return own + [practised(exercise, seed) for seed in SEEDS]


def practised(exercise: Exercise, seed: int) -> Question:
    (question,) = (question for question in exercise.practice(seed) if question.name == PRACTISED)
    return question


def has_large_eps(question: Question) -> bool:
    return bool(question.given["eps"] > 1e-4)


def flat(answers: Mapping[str, Any]) -> list[float]:
    return [number for suffix in SUFFIXES for number in np.ravel(answers[suffix]).tolist()]


def differences(answers_of_each: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """In how many numbers each one's answers differ clearly from each one's."""
    rows = np.array([flat(answers) for answers in answers_of_each])
    counts: np.ndarray = (abs(rows[:, None] - rows) > 0.0055).sum(axis=2)
    return counts


def signed(text: str) -> float:
    return float(text.strip("()").replace("−", "-"))


def layer_of(given: Mapping[str, Any]) -> nn.BatchNorm1d:
    layer = nn.BatchNorm1d(3, eps=given["eps"], momentum=given["momentum"], dtype=torch.float64)
    names = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "variance"}
    state = {mine: torch.tensor(given[its], dtype=torch.float64) for mine, its in names.items()}
    layer.load_state_dict({**state, "num_batches_tracked": torch.tensor(100)})
    return layer


# -- figures -----------------------------------------------------------------------------------------------------------


def test_the_slides_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    given = exercise.questions("x")[0].given
    batch = torch.tensor([[2, 2, 1], [4, 1, 0], [0, 4, 0], [3, 3, 4]], dtype=torch.float64)
    assert given["mean"] == batch.mean(0).tolist() == [2.25, 2.5, 1.25]
    assert given["variance"] == [2.1875, 1.25, 2.6875]
    assert batch.var(0, correction=0).tolist() == pytest.approx(given["variance"])
    assert (given["sample"], given["gamma"], given["beta"]) == ([2, 2, 1], [0.5] * 3, [0.05] * 3)
    answers = author["answer"](given)
    assert [round(number, 4) for number in answers["normalised"].tolist()] == [-0.1690, -0.4472, -0.1525]
    assert [round(number, 4) for number in answers["output"].tolist()] == [-0.0345, -0.1736, -0.0262]


def test_the_answers_are_those_of_pytorchs_layer_in_eval_mode(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked[::11]:
        given, answers = question.given, author["answer"](question.given)
        layer = layer_of(given).eval()
        # Alone or in company: in eval mode it is the same.
        alone = layer(torch.tensor([given["sample"]], dtype=torch.float64))[0]
        assert torch.allclose(alone, answers["output"], rtol=1e-12, atol=1e-12)
        assert layer.running_mean is not None
        assert layer.running_mean.tolist() == given["mean"]


def test_mistakes_of_the_wrong_mode_are_what_pytorch_does_in_that_mode(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked[1::33]:
        given, found = question.given, author["mistakes"](question.given)
        if not given["others"]:
            continue
        arriving = torch.tensor([given["sample"], *given["others"]], dtype=torch.float64)
        layer = layer_of(given).train()
        own = layer(arriving)[0].tolist()
        assert found["batch-statistics"]["output"] == pytest.approx(own)
        # That call has moved the stored statistics.
        assert found["statistics-updated"]["output"] == pytest.approx(layer.eval()(arriving)[0].tolist())
        features = nn.LayerNorm(3, eps=given["eps"], dtype=torch.float64)(arriving)[0].tolist()
        assert found["normalised-per-sample"]["normalised"] == pytest.approx(features)


def test_the_figures_that_lesson_and_explanation_mention() -> None:
    assert sqrt(0.0015 + 0.001) == pytest.approx(0.05)
    assert round(sqrt(0.0015) + 0.001, 4) == 0.0397
    assert round(sqrt(0.0015), 4) == 0.0387
    hats = [0.1 / root for root in (0.05, sqrt(0.0015) + 0.001, sqrt(0.0015))]
    assert [round(hat, 4) for hat in hats] == [2, 2.5170, 2.5820]
    assert round(0.9**10, 2) == 0.35
    fresh = nn.BatchNorm1d(2)
    assert fresh.running_mean is not None
    assert fresh.running_var is not None
    assert (fresh.running_mean.tolist(), fresh.running_var.tolist()) == ([0, 0], [1, 1])
    assert (fresh.eps, fresh.momentum) == (1e-5, 0.1)


# -- questions ---------------------------------------------------------------------------------------------------------


def test_question_2_has_pytorchs_eps_and_question_3_one_that_shows(drawn: list[tuple[Question, ...]]) -> None:
    for questions in drawn:
        _, second, third = (question.given for question in questions)
        assert (second["eps"], third["eps"]) == (1e-5, 1e-3)
        assert min(second["variance"]) >= 0.25
        assert max(third["variance"]) <= 0.009
        for given in (second, third):
            assert len(given["others"]) == 2
            assert all(given["gamma"])
            assert all(given["beta"])


def test_roots_come_out_nicely(drawn: list[tuple[Question, ...]]) -> None:
    for questions in drawn:
        for question in questions[1:]:
            roots = [sqrt(var + question.given["eps"]) for var in question.given["variance"]]
            assert all(abs(root - round(root, 2)) < 2e-5 for root in roots)
            assert len(set(roots)) == 3


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
            assert flat(got) == pytest.approx(flat(found[misconception]), abs=1e-12), misconception


def test_each_variant_alone_tells_every_mistake_from_the_truth_and_the_others(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        found = author["mistakes"](question.given)
        shows = [found[name] for name in found if has_large_eps(question) or name not in ONLY_WITH_EPS]
        apart = differences([author["answer"](question.given), *shows])
        assert apart[0, 1:].min() >= MIN_EVIDENCE, question.given
        assert (apart == 0).sum() == len(shows) + 1, question.given


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_rounding_costs_nobody_a_pass_nor_does_leaving_eps_out_where_it_does_not_show(
    exercise: Exercise, author: dict[str, Any], asked: list[Question], digits: int
) -> None:
    atol = exercise.manifest.tolerance.atol
    for question in asked:
        right = flat(author["answer"](question.given))
        without = right if has_large_eps(question) else flat(author["mistakes"](question.given)["eps-left-out"])
        for exact, number in zip(right, without, strict=True):
            # Up as well as down, where the last digit that is cut off is a 5.
            for rounded in {round(number - 1e-12, digits), round(number + 1e-12, digits)}:
                assert abs(rounded - exact) <= atol, question.given


def test_the_numbers_can_be_read_off_the_question(asked: list[Question]) -> None:
    for question in asked[::5]:
        given = question.given
        rows = re.findall(r"^    (\S+(?: \d)?) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+)$", question.prompt, re.M)
        table = {label: [float(number) for number in numbers] for label, *numbers in rows}
        assert table["mean"] == given["mean"]
        assert table["variance"] == given["variance"]
        assert table["γ"] == given["gamma"]
        assert table["β"] == given["beta"]
        assert table["sample 1" if given["others"] else "x"] == given["sample"]
        assert len(table) == 5 + len(given["others"])
        assert float(re.findall(r"ε = ([\d.]+\d)", question.prompt)[0]) == given["eps"]


def test_practice_is_endless_and_has_both_kinds_of_variant(exercise: Exercise) -> None:
    drawn = [practised(exercise, seed) for seed in SEEDS]
    assert len({repr(question.given) for question in drawn}) == len(SEEDS)
    assert {has_large_eps(question) for question in drawn} == {True, False}


# -- how a question is worked out --------------------------------------------------------------------------------------


def test_worked_ends_in_pytorchs_numbers(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked:
        right = author["answer"](question.given)
        hats = [signed(text) for text in re.findall(r"^- x̂: .* = \*\*(.+)\*\*$", question.worked, re.M)]
        outputs = [signed(text) for text in re.findall(r"^- y: .* = \*\*(.+)\*\*$", question.worked, re.M)]
        rows = [ast.literal_eval(text) for text in re.findall(r"\*\*(\[.+\])\*\*", question.worked)]
        assert rows == [hats, outputs]
        assert hats == pytest.approx(right["normalised"].tolist(), abs=5.1e-5)
        assert outputs == pytest.approx(right["output"].tolist(), abs=5.1e-5)


def test_worked_adds_up(asked: list[Question]) -> None:
    for question in asked:
        lines = re.findall(r"^- (root|x̂|y): (.+) = \*{0,2}([^*]+?)\*{0,2}$", question.worked, re.M)
        assert [name for name, *_ in lines] == ["root", "x̂", "y"] * 3
        for name, steps, outcome in lines:
            for step in steps.split(" = "):
                python = step.replace("−", "-").replace("·", "*").replace("√", "sqrt")
                # x̂ and the root are shown rounded.
                assert eval(python) == pytest.approx(signed(outcome), abs=4e-4, rel=1e-4), (name, step)


def test_worked_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        assert [line for line in question.worked.splitlines() if len(line) > WIDTH] == []
        assert "$" not in question.worked


# -- what a learner is told --------------------------------------------------------------------------------------------


def by(lines: str) -> str:
    """A program that answers all three questions by these lines, which know all that is given, and the right roots."""
    body = "\n".join(f"    {line}" for line in lines.strip().splitlines())
    return "\n".join(
        [
            "def solve(sample, others, mean, variance, gamma, beta, eps, **more):",
            "    roots = [(var + eps) ** 0.5 for var in variance]",
            body,
            "    return hat, [g * h + b for h, g, b in zip(hat, gamma, beta)]",
            *(f"q{n}_normalised, q{n}_output = solve(**GIVEN[{n - 1}])" for n in (1, 2, 3)),
        ]
    )


NOBODYS = {
    "signs flipped, and β before γ": """
hat = [(mu - x) / root for x, mu, root in zip(sample, mean, roots)]
beta = [g * b for g, b in zip(gamma, beta)]""",
    "no root, and γ left out": """
hat = [(x - mu) / root ** 2 for x, mu, root in zip(sample, mean, roots)]
gamma = [1, 1, 1]""",
    "ε after the root, and mean not subtracted": """
hat = [x / (var ** 0.5 + eps) for x, var in zip(sample, variance)]""",
    "features read backwards": """
hat = [(x - mu) / root for x, mu, root in zip(sample, mean[::-1], roots[::-1])]""",
    "one variance for all features": """
hat = [(x - mu) / (sum(variance) / 3 + eps) ** 0.5 for x, mu in zip(sample, mean)]""",
    "the stored mean, the batch's variance": """
columns = [[x, *column] for x, column in zip(sample, zip(*others) if others else [()] * 3)]
own = [sum((x - sum(c) / len(c)) ** 2 for x in c) / len(c) for c in columns]
hat = [(x - mu) / (var + eps) ** 0.5 for x, mu, var in zip(sample, mean, own)]""",
    "all zeros": """
hat = [0, 0, 0]""",
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


def test_a_mistake_is_named_although_question_1_is_right(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict]
) -> None:
    slides, *own = exercise.questions("ada")
    right = {suffix: value.tolist() for suffix, value in author["answer"](slides.given).items()}
    for misconception in (entry.id for entry in exercise.manifest.misconception):
        lines = [f"q1_{suffix} = {value}" for suffix, value in right.items()]
        lines += [
            f"{question.name}_{suffix} = {[round(number, 3) for number in numbers]}"
            for question in own
            for suffix, numbers in author["mistakes"](question.given)[misconception].items()
        ]
        verdict = judge("\n".join(lines))
        second = "pass" if misconception in ONLY_WITH_EPS else "fail"
        assert [check.status for check in verdict.checks] == ["pass", second, "fail"]
        assert verdict.misconception == misconception


def test_the_number_that_the_slides_misprint_is_off_and_is_no_misconception(judge: Callable[..., Verdict]) -> None:
    verdict = judge("q1_normalised = [-0.169, -0.4472, -0.1525]\nq1_output = [-0.0345, -0.129, -0.0262]\n")
    assert verdict.checks[0].status == "fail"
    assert (
        verdict.checks[0].message == "q1_output (output y of each feature): 2 of 3 right. Off: number 2 (you: -0.129)"
    )
    assert verdict.misconception is None


def test_the_slides_question_tells_most_mistakes_apart_by_itself(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict]
) -> None:
    slides, *own = exercise.questions("ada")
    right = {
        f"{question.name}_{suffix}": value.tolist()
        for question in own
        for suffix, value in author["answer"](question.given).items()
    }
    named = []
    for misconception, answers in author["mistakes"](slides.given).items():
        answered = {**right, **{f"q1_{suffix}": numbers for suffix, numbers in answers.items()}}
        verdict = judge("\n".join(f"{name} = {numbers}" for name, numbers in answered.items()))
        assert verdict.misconception in (misconception, None)
        named += [verdict.misconception] if verdict.misconception else []
    # All three entries lie below their mean, so that a lost minus and a flipped sign are one; ε does not show, and the
    # sample comes alone.
    unnamed = {entry.id for entry in exercise.manifest.misconception} - set(named)
    assert unnamed == {"minus-lost", "sign-flipped"} | NEED_OTHERS | ONLY_WITH_EPS
