"""Exercise 18: the lesson's figures, what its variants show, what is said of mistakes, and the worked explanations."""

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

SLUG = "dropout-by-hand"
SEEDS = range(200)
WIDTH = 76
SUFFIXES = ("train", "eval", "expected")

Namespace = dict[str, Any]


@pytest.fixture(scope="module")
def asked(exercise: Exercise, drawn: list[tuple[Question, ...]]) -> list[Question]:
    """Every question of 200 learners, and 200 to practise on."""
    own = [question for questions in drawn for question in questions]
    return own + [practised(exercise, seed) for seed in SEEDS]


def practised(exercise: Exercise, seed: int) -> Question:
    (question,) = (question for question in exercise.practice(seed) if question.name == PRACTISED)
    return question


def formula(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is right, without PyTorch: the answers of PyTorch are compared with it."""
    x, mask = np.array(given["x"]), np.array(given["mask"])
    return {"train": mask * x / (1 - given["p"]), "eval": x, "expected": x}


def flat(answers: Mapping[str, Any]) -> list[float]:
    return [number for suffix in SUFFIXES for number in np.ravel(answers[suffix]).tolist()]


def differences(answers_of_each: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """In how many numbers each one's answers differ clearly from each one's."""
    rows = np.array([flat(answers) for answers in answers_of_each])
    counts: np.ndarray = (abs(rows[:, None] - rows) > 0.0055).sum(axis=2)
    return counts


# -- figures -----------------------------------------------------------------------------------------------------------


def test_the_lessons_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    given = exercise.questions("x")[0].given
    assert given == {"x": [[2, -1, 4, 3], [1, 6, -2, 5]], "mask": [[1, 0, 1, 1], [0, 1, 0, 1]], "p": 0.2}
    answers = author["answer"](given)
    assert answers["train"].tolist() == [[2.5, 0, 5, 3.75], [0, 7.5, 0, 6.25]]
    assert answers["eval"].tolist() == given["x"]
    assert torch.allclose(answers["expected"], answers["eval"], rtol=1e-12)
    assert sum(map(sum, given["mask"])) == 5


def test_the_answers_are_those_of_pytorchs_dropout(author: dict[str, Any], asked: list[Question]) -> None:
    torch.manual_seed(0)
    for question in asked[::23]:
        given = question.given
        x, layer = torch.tensor(given["x"], dtype=torch.float64), nn.Dropout(given["p"])
        # Whatever mask it draws, that is what `answer` makes of it.
        output = layer(x)
        mask = (output != 0).int().tolist()
        assert torch.allclose(author["answer"]({**given, "mask": mask})["train"], output, rtol=1e-12)
        assert author["answer"](given)["eval"].equal(layer.eval()(x))


def test_the_answers_are_the_formula(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked[::7]:
        assert flat(author["answer"](question.given)) == pytest.approx(flat(formula(question.given)), abs=1e-12)


def test_the_expected_value_is_pytorchs_mean_over_many_draws(author: dict[str, Any]) -> None:
    torch.manual_seed(0)
    x = torch.tensor([[2, -1, 4, 3]], dtype=torch.float64)
    drawn = nn.Dropout(0.2)(x.expand(200_000, 4)).mean(0, keepdim=True)
    assert torch.allclose(author["mean_over_all_masks"](x, 0.2), drawn, atol=0.02)


def test_the_figures_that_lesson_and_explanation_work_out() -> None:
    assert 4 / 0.8 == 5
    assert 0.2 * 0 + 0.8 * 5 == 4
    assert pytest.approx(0.2 * 0 + 0.8 * 4) == 3.2
    assert 4 / 3.2 == 1.25
    assert [1 / 0.8, 1 / 0.25] == [1.25, 4]
    variance = 0.2 * (0 - 4) ** 2 + 0.8 * (5 - 4) ** 2
    assert variance == pytest.approx(4**2 * 0.2 / 0.8) == pytest.approx(4)


# -- questions ---------------------------------------------------------------------------------------------------------


def test_variants_are_small_whole_numbers_and_p_is_never_a_half(drawn: list[tuple[Question, ...]]) -> None:
    for given in (question.given for questions in drawn for question in questions[1:]):
        x, mask = np.array(given["x"]), np.array(given["mask"])
        assert x.shape == mask.shape == (2, 4)
        assert len(set(abs(x).ravel().tolist())) == 8
        assert set(abs(x).ravel().tolist()) <= set(range(1, 10))
        assert (x < 0).sum() == 2
        assert 3 <= mask.sum() <= 5
        assert given["p"] != 0.5
    assert {question.given["p"] for questions in drawn for question in questions[1:]} == {
        *(0.2, 0.25, 0.3, 0.4, 0.6, 0.7, 0.75, 0.8),
    }


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
        apart = differences([formula(question.given), *found.values()])
        assert apart[0, 1:].min() >= MIN_EVIDENCE, question.given
        assert (apart == 0).sum() == len(found) + 1, question.given


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_rounding_costs_nobody_a_pass(exercise: Exercise, asked: list[Question], digits: int) -> None:
    for question in asked:
        for exact in flat(formula(question.given)):
            # Up as well as down, where the last digit that is cut off is a 5; and the factor rounded to four digits.
            for rounded in {round(exact - 1e-12, digits), round(exact + 1e-12, digits)}:
                assert abs(rounded - exact) <= exercise.manifest.tolerance.atol, question.given


def test_a_factor_with_four_decimals_costs_nobody_a_pass(exercise: Exercise, asked: list[Question]) -> None:
    for question in asked:
        factor = round(1 / (1 - question.given["p"]), 4)
        own = np.array(question.given["mask"]) * np.array(question.given["x"]) * factor
        assert abs(own - formula(question.given)["train"]).max() <= exercise.manifest.tolerance.atol


def test_the_numbers_can_be_read_off_the_question(asked: list[Question]) -> None:
    for question in asked[::5]:
        given = question.given
        rows = [
            [int(number) for number in re.findall(r"-?\d+", line)]
            for line in question.prompt.splitlines()
            if line.startswith("    ")
        ]
        assert rows == [*given["x"], *given["mask"]]
        assert f"p = {given['p']:g};" in question.prompt


def test_practice_is_endless(exercise: Exercise) -> None:
    assert len({repr(practised(exercise, seed).given) for seed in SEEDS}) == len(SEEDS)


# -- how a question is worked out --------------------------------------------------------------------------------------


def test_worked_ends_in_the_right_tables(asked: list[Question]) -> None:
    for question in asked:
        right = formula(question.given)
        blocks = re.findall(r"```\n(.+?)\n```", question.worked, re.DOTALL)
        tables = [ast.literal_eval(block) for block in blocks if block.startswith("[[")]
        assert len(tables) == 3
        for suffix, table in zip(SUFFIXES, tables, strict=True):
            assert np.array(table) == pytest.approx(np.array(right[suffix]), abs=5.1e-5)


def test_worked_adds_up(asked: list[Question]) -> None:
    for question in asked:
        given = question.given
        python = question.worked.replace("−", "-").replace("·", "*")
        factor = re.findall(r"\(1 - ([\d.]+)\) = 1 / ([\d.]+) = ([\d.]+\d|\d)", python)
        p, keep, by = (float(number) for number in factor[0])
        assert p == given["p"]
        assert keep == pytest.approx(1 - p)
        assert by == pytest.approx(1 / (1 - p), abs=5.1e-5)
        left, _, right = next(line for line in python.splitlines() if "* 0 +" in line).partition(" = ")
        assert eval(left) == pytest.approx(float(right), abs=5e-4)
        assert float(right) == given["x"][0][0]
        kept = re.findall(r"(-?\d+) \* ([\d.]+\d|\d)", python.partition("That is")[0])
        flags = [flag for row in given["mask"] for flag in row]
        assert [int(x) for x, _ in kept] == [
            x for x, flag in zip([x for row in given["x"] for x in row], flags, strict=True) if flag
        ]


def test_worked_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        assert [line for line in question.worked.splitlines() if len(line) > WIDTH] == []
        assert "$" not in question.worked


# -- what a learner is told --------------------------------------------------------------------------------------------


def by(train: str, in_eval: str = "v", expected: str = "v") -> str:
    """A program that answers all three questions by these expressions, number by number."""
    return "\n".join(
        [
            "def solve(x, mask, p):",
            "    keep = 1 - p",
            "    def table(number):",
            "        return [[number(v, m) for v, m in zip(*rows)] for rows in zip(x, mask)]",
            f"    train, in_eval = table(lambda v, m: {train}), table(lambda v, m: {in_eval})",
            f"    return train, in_eval, table(lambda v, m: {expected})",
            *(f"q{n}_train, q{n}_eval, q{n}_expected = solve(**GIVEN[{n - 1}])" for n in (1, 2, 3)),
        ]
    )


NOBODYS = {
    "not scaled, and eval mode masked": by("m * v", "m * v"),
    "divided by p, and eval mode scaled": by("m * v / p", "keep * v"),
    "mask inverted, and not scaled": by("(1 - m) * v"),
    "scaled by 1 + p": by("m * v * (1 + p)"),
    "eval mode drops what train mode keeps": by("m * v / keep", "(1 - m) * v"),
    "the expected value of the square": by("m * v / keep", "v", "v * v / keep"),
    "factor forgotten in one, probability in the other": by("m * v", "v", "v / keep"),
    "all zeros": by("0", "0", "0"),
}


@pytest.mark.parametrize("program", NOBODYS.values(), ids=NOBODYS)
def test_what_is_nobodys_mistake_or_two_at_once_gets_no_name(
    exercise: Exercise, judge: Callable[..., Verdict], program: str
) -> None:
    given = [question.given for question in exercise.questions("ada")]
    verdict = judge(program.replace("GIVEN", repr(given)))
    assert [check.status for check in verdict.checks] == ["fail"] * 3
    assert verdict.misconception is None
    assert all(check.misconception is None for check in verdict.checks)


def test_a_mistake_is_named_although_question_1_is_right(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict]
) -> None:
    first, *own = exercise.questions("ada")
    for misconception in (entry.id for entry in exercise.manifest.misconception):
        lines = [f"q1_{suffix} = {np.array(value).tolist()}" for suffix, value in formula(first.given).items()]
        lines += [
            f"{question.name}_{suffix} = {np.round(numbers, 3).reshape(2, 4).tolist()}"
            for question in own
            for suffix, numbers in author["mistakes"](question.given)[misconception].items()
        ]
        verdict = judge("\n".join(lines))
        assert [check.status for check in verdict.checks] == ["pass", "fail", "fail"]
        assert verdict.misconception == misconception


def test_the_verdict_says_which_numbers_are_off(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    first = formula(exercise.questions("ada")[0].given)
    lines = [f"q1_{suffix} = {np.array(value).tolist()}" for suffix, value in first.items()]
    verdict = judge("\n".join(lines).replace("[2.5, 0.0, 5.0, 3.75]", "[2.5, -1, 5, 3.75]"))
    message = "q1_train (output in train mode): 7 of 8 right. Off: row 1, column 2 (you: -1)"
    assert verdict.checks[0].message == message


def test_the_first_question_alone_tells_every_mistake_apart(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict]
) -> None:
    given = exercise.questions("ada")[0].given
    for misconception, answers in author["mistakes"](given).items():
        lines = [f"q1_{suffix} = {np.reshape(numbers, (2, 4)).tolist()}" for suffix, numbers in answers.items()]
        assert judge("\n".join(lines)).misconception == misconception
