"""Exercise 10: the slides' figures, what its variants show, what is said of mistakes, and the worked explanations."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from tutor.checks.diagnosis import MIN_EVIDENCE
from tutor.course.questions import PRACTISED, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tutor.course import Exercise, Question
    from tutor.verdict import Verdict

SLUG = "standardise-by-hand"
SEEDS = range(200)
WIDTH = 76
SUFFIXES = ("mean", "variance", "std", "standardised")

Program = dict[str, Any]


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


def filled_in(source: str, question: Question) -> dict[str, Any]:
    """What a template answers to this question, given to it as every one of its three."""
    namespace: Program = {}
    exec(fill_in(source, tuple(replace(question, name=name) for name in ("q1", "q2", "q3"))), namespace)
    return {suffix: namespace[f"q2_{suffix}"] for suffix in SUFFIXES}


def signed(text: str) -> float:
    return float(text.replace("−", "-"))


# -- figures -----------------------------------------------------------------------------------------------------------


def test_the_slides_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    slides = exercise.questions("x")[0]
    assert slides.given == {"x": [1, 1, 2, 4]}
    answers = author["answer"](slides.given)
    assert (answers["mean"].item(), answers["variance"].item()) == (2, 1.5)
    assert round(answers["std"].item(), 4) == 1.2247
    assert [round(value, 4) for value in answers["standardised"].tolist()] == [-0.8165, -0.8165, 0, 1.6330]


def test_the_answers_are_what_pytorch_normalises_with(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked[::7]:
        x, answers = torch.tensor(question.given["x"], dtype=torch.float64), author["answer"](question.given)
        output = torch.nn.functional.batch_norm(x[:, None], None, None, training=True, eps=1e-14)[:, 0]
        assert torch.allclose(answers["standardised"], output, rtol=1e-12, atol=1e-12)
        assert answers["variance"].item() == pytest.approx(x.var().item() * (len(x) - 1) / len(x))
        assert answers["std"].item() == pytest.approx(answers["variance"].item() ** 0.5)


def test_the_figures_that_lesson_and_explanation_mention() -> None:
    assert round(-0.1307 / 0.3081, 4) == -0.4242
    assert round((1 - 0.1307) / 0.3081, 4) == 2.8215
    x = torch.tensor([1.0, 1, 2, 4])
    assert (x * x).mean().item() - x.mean().item() ** 2 == x.var(correction=0).item() == 1.5
    # Another point than the mean, and another unit.
    assert ((x - 3.5) ** 2).mean().item() == 1.5 + 1.5**2
    rescaled = 100 * x + 7
    z = (rescaled - rescaled.mean()) / rescaled.std(correction=0)
    assert torch.allclose(z, (x - x.mean()) / x.std(correction=0))
    one = torch.tensor([0.0, 0, 0, 0, 1])
    assert ((one - one.mean()) / one.std(correction=0)).max().item() == pytest.approx(2)


# -- questions ---------------------------------------------------------------------------------------------------------


def test_variants_are_small_whole_numbers_with_a_mean_that_is_easy(drawn: list[tuple[Question, ...]]) -> None:
    for questions in drawn:
        _, second, third = (question.given["x"] for question in questions)
        assert len(second) == 5
        assert set(second) <= set(range(13))
        assert sum(second) % 5 == 0
        assert len(third) == 6
        assert set(third) <= set(range(-6, 9))
        assert min(third) < 0
        assert (2 * sum(third)) % 6 == 0
        assert sum(third) != 0


def test_the_vector_can_be_pasted_from_the_question(asked: list[Question]) -> None:
    for question in asked:
        first = question.prompt.splitlines()[0]
        assert ast.literal_eval(first.removeprefix("x = ")) == question.given["x"]


def test_the_known_mistakes_are_the_wrong_programs(
    exercise: Exercise, author: dict[str, Any], asked: list[Question]
) -> None:
    # What the generator rejects numbers by has to be what a submission is compared with.
    programs = {wrong.misconception: wrong.source for wrong in exercise.wrong}
    for question in asked[::37]:
        found = author["mistakes"](question.given)
        assert list(found) == [entry.id for entry in exercise.manifest.misconception]
        for misconception, source in programs.items():
            assert flat(filled_in(source, question)) == pytest.approx(flat(found[misconception])), misconception


def test_each_variant_alone_tells_every_mistake_from_the_truth_and_the_others(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        mistakes = author["mistakes"](question.given)
        apart = differences([author["answer"](question.given), *mistakes.values()])
        for name, evidence in zip(mistakes, apart[0, 1:], strict=True):
            # σ in the place of σ² is one number, whatever is drawn; all three questions make it three.
            assert evidence >= author["ONLY_NAMES"].get(name, MIN_EVIDENCE), (name, question.given)
        assert (apart == 0).sum() == len(mistakes) + 1, question.given
    assert len(author["ONLY_NAMES"]) == 3


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_rounding_costs_nobody_a_pass(
    exercise: Exercise, author: dict[str, Any], asked: list[Question], digits: int
) -> None:
    for question in asked:
        for number in flat(author["answer"](question.given)):
            assert abs(round(number, digits) - number) <= exercise.manifest.tolerance.atol


def test_practice_is_endless_and_has_both_kinds_of_variant(exercise: Exercise) -> None:
    vectors = [practised(exercise, seed).given["x"] for seed in SEEDS]
    assert len(set(map(repr, vectors))) >= len(SEEDS) - 3
    assert {len(x) for x in vectors} == {5, 6}


# -- how a question is worked out --------------------------------------------------------------------------------------


def test_worked_ends_in_pytorchs_numbers(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked:
        right = author["answer"](question.given)
        bold = [text for text in re.findall(r"\*\*(.+?)\*\*", question.worked) if not text[0].isalpha()]
        mean, variance, std, values = bold
        assert [signed(mean), signed(variance), signed(std)] == pytest.approx(flat(right)[:3], abs=5.1e-5)
        assert ast.literal_eval(values) == pytest.approx(right["standardised"].tolist(), abs=5.1e-5)


def test_the_table_in_worked_adds_up(asked: list[Question]) -> None:
    for question in asked:
        x = question.given["x"]
        table = re.findall(r"^ +(−?\d+) +(−?[\d.]+) +([\d.]+) +(−?[\d.]+)$", question.worked, re.M)
        rows = [[signed(text) for text in row] for row in table]
        assert [row[0] for row in rows] == x
        assert sum(row[1] for row in rows) == pytest.approx(0, abs=1e-4)
        assert [row[2] for row in rows] == pytest.approx([row[1] ** 2 for row in rows], rel=1e-4)
        total, m = re.findall(r"the mean of the squares: ([\d.]+) / (\d)", question.worked)[0]
        assert float(total) == pytest.approx(sum(row[2] for row in rows))
        assert int(m) == len(x)
        terms, _ = re.findall(r"Mean\*\*: \((.+)\) / (\d)", question.worked)[0]
        assert eval(terms.replace("−", "-")) == sum(x)


def test_worked_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        assert [line for line in question.worked.splitlines() if len(line) > WIDTH] == []
        assert "$" not in question.worked


# -- what a learner is told --------------------------------------------------------------------------------------------


def standardised_by(lines: str) -> str:
    """A program that answers all three questions by these lines, which know x, m and the right mean."""
    body = "\n".join(f"    {line}" for line in lines.strip().splitlines())
    return "\n".join(
        [
            f"def solve(x):\n    m, mean = len(x), sum(x) / len(x)\n{body}\n    return mean, variance, std, values",
            *(f"q{n}_mean, q{n}_variance, q{n}_std, q{n}_standardised = solve(GIVEN[{n - 1}])" for n in (1, 2, 3)),
        ]
    )


NOBODYS = {
    "unbiased, and the signs flipped": """
variance = sum((e - mean) ** 2 for e in x) / (m - 1)
std = variance ** 0.5
values = [(mean - e) / std for e in x]""",
    "not divided, and divided by the variance": """
variance = sum((e - mean) ** 2 for e in x)
std = variance ** 0.5
values = [(e - mean) / variance for e in x]""",
    "mean of squares, and the mean not subtracted": """
variance = sum(e ** 2 for e in x) / m
std = variance ** 0.5
values = [e / std for e in x]""",
    "m + 1": """
variance = sum((e - mean) ** 2 for e in x) / (m + 1)
std = variance ** 0.5
values = [(e - mean) / std for e in x]""",
    "names swapped, and min–max": """
std = sum((e - mean) ** 2 for e in x) / m
variance = std ** 0.5
values = [(e - min(x)) / (max(x) - min(x)) for e in x]""",
    "the variance is the range": """
variance = max(x) - min(x)
std = variance ** 0.5
values = [(e - mean) / std for e in x]""",
    "all zeros": """
variance = std = 0
values = [0] * m""",
}


@pytest.mark.parametrize("lines", NOBODYS.values(), ids=NOBODYS)
def test_what_is_nobodys_mistake_or_two_at_once_gets_no_name(
    exercise: Exercise, judge: Callable[..., Verdict], lines: str
) -> None:
    given = [question.given["x"] for question in exercise.questions("ada")]
    verdict = judge(standardised_by(lines).replace("GIVEN", repr(given)))
    assert [check.status for check in verdict.checks] == ["fail"] * 3
    assert verdict.misconception is None
    assert all(check.misconception is None for check in verdict.checks)


def test_a_mistake_is_named_although_question_1_is_copied_from_the_lesson(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict]
) -> None:
    slides, *own = exercise.questions("ada")
    for misconception in (entry.id for entry in exercise.manifest.misconception):
        lines = [
            f"{question.name}_{suffix} = {rounded if suffix == 'standardised' else rounded[0]}"
            for question in own
            for suffix, numbers in author["mistakes"](question.given)[misconception].items()
            for rounded in [[round(number, 3) for number in numbers]]
        ]
        right = {suffix: value.tolist() for suffix, value in author["answer"](slides.given).items()}
        lines += [f"q1_{suffix} = {value}" for suffix, value in right.items()]
        verdict = judge("\n".join(lines))
        assert [check.status for check in verdict.checks] == ["pass", "fail", "fail"]
        # Some spoil one number in each question: two in all, and those no other mistake gives.
        assert verdict.misconception == misconception


def test_the_verdict_says_which_numbers_are_off_and_what_is_asked(judge: Callable[..., Verdict]) -> None:
    verdict = judge("q1_mean = 2\nq1_variance = 2\nq1_std = 1.2247\nq1_standardised = [-0.8165, -0.8165, 0, 1.366]\n")
    first, second = verdict.checks[0].message, verdict.checks[1].message
    assert first.splitlines() == [
        "q1_variance (variance σ², before the root) is off: you have 2",
        "q1_standardised (standardised values): 3 of 4 right. Off: number 4 (you: 1.366)",
    ]
    assert "q2_mean" in second


def test_a_number_where_a_row_is_asked_is_said(judge: Callable[..., Verdict]) -> None:
    verdict = judge("q1_mean = [2]\nq1_variance = 6 / 4\nq1_std = 1.5 ** 0.5\nq1_standardised = -0.8165\n")
    message = verdict.checks[0].message
    assert "q1_mean (mean μ)" in message
    assert "a number is asked" in message
    assert "4 numbers are asked" in message
