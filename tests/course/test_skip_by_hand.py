"""Exercise 22: the slides' figures, what its variants show, its worked explanations, and what is said of mistakes."""

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
from tutor.course.answer_file import indices
from tutor.course.questions import PRACTISED, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tutor.course import Exercise, Question
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

SLUG = "skip-by-hand"
SEEDS = range(200)
WIDTH = 76
ONLY_WITH_CONVOLUTIONS = {
    *("relu-before-conv1", "relu-in-residual", "conv2-takes-conv1", "zero-stays-zero", "same-conv-twice"),
    *("biases-forgotten", "bias-of-conv1-forgotten", "bias-of-conv2-forgotten", "bias-before-weight"),
    *("weight-and-bias-swapped", "convs-swapped"),
}

Table = list[list[float]]
Tables = dict[str, Table]

X: Table = [[140, 0, 5], [8, 47, 175], [133, 203, 217]]
CONV1: Table = [[-12.1794, -2.7855, 6.7117], [-14.4943, -105.878, -17.4401], [-67.1033, -84.1202, 29.6049]]
HIDDEN: Table = [[0, 0, 6.7117], [0, 0, 0], [0, 0, 29.6049]]
RESIDUAL: Table = [[0.2087, 1.9920, -1.4108], [0.2087, 2.4680, 4.0437], [0.2087, 8.0747, -6.9349]]
SUM: Table = [[140.2087, 1.9920, 3.5892], [8.2087, 49.4680, 179.0437], [133.2087, 211.0747, 210.0651]]


@pytest.fixture(scope="module")
def drills(exercise: Exercise) -> list[Question]:
    """200 questions to practise on, by seed."""
    return [practised(exercise, seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def asked(drawn: list[tuple[Question, ...]], drills: list[Question]) -> list[Question]:
    """Every question of 200 learners, and 200 to practise on."""
    return [question for questions in drawn for question in questions] + drills


def practised(exercise: Exercise, seed: int) -> Question:
    (question,) = (question for question in exercise.practice(seed) if question.name == PRACTISED)
    return question


def answers(author: dict[str, Any], question: Question) -> Tables:
    return {suffix: table.tolist() for suffix, table in author["answer"](question.given).items()}


def flat(tables: Mapping[str, Any], suffixes: Sequence[str]) -> list[float]:
    return [number for suffix in suffixes for row in tables[suffix] for number in row]


def tensor(table: Sequence[Sequence[float]]) -> torch.Tensor:
    return torch.tensor(table, dtype=torch.float64)


# -- the figures -------------------------------------------------------------------------------------------------------


def test_the_slides_figures(exercise: Exercise, author: dict[str, Any]) -> None:
    slides = exercise.questions("x")[0]
    assert (slides.given["x"], slides.given["conv1"], slides.given["residual"]) == (X, CONV1, RESIDUAL)
    right = answers(author, slides)
    assert list(right) == ["sum", "output"]
    assert flat(right, ["sum"]) == pytest.approx([number for row in SUM for number in row], abs=1e-12)
    assert right["output"] == right["sum"]
    assert torch.relu(tensor(CONV1)).tolist() == HIDDEN


def test_f_of_x_is_a_3x3_convolution_of_what_the_inner_relu_gives_with_bias_0_2087() -> None:
    # The lesson says so of the first column; the rest fixes weights that give F(x) to all its digits.
    bias = 0.2087
    weight = torch.zeros(1, 1, 3, 3, dtype=torch.float64)
    weight[0, 0, 1, 2] = (1.9920 - bias) / 6.7117
    weight[0, 0, 1, 1] = (-1.4108 - bias) / 6.7117
    weight[0, 0, 0, 2] = (2.4680 - bias) / 6.7117
    weight[0, 0, 0, 1] = (4.0437 - bias) / 6.7117
    made = nn.functional.conv2d(tensor(HIDDEN)[None, None], weight, torch.tensor([bias]).double(), padding=1)[0, 0]
    assert (made - tensor(RESIDUAL)).abs().max() < 2e-3


def test_the_four_places_and_the_two_blocks_of_the_lesson(exercise: Exercise) -> None:
    lesson = exercise.lesson()
    x, f = tensor([[3, 2, -4, -1]]), tensor([[-1, -5, 1, 6]])
    columns = x, f, x + f, torch.relu(x + f), x + torch.relu(f)
    for numbers in zip(*(column[0].tolist() for column in columns), strict=True):
        assert re.search(r"^ +" + r" +".join(f"{n:g}".replace("-", "−") for n in numbers) + "$", lesson, re.M)
    block = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(), nn.Conv2d(1, 1, 1)).double()
    with torch.no_grad():
        for parameter, number in zip(block.parameters(), (2, 1, -1, 3), strict=True):
            parameter.fill_(number)
    places = tensor([[-2, 3]])[None, None]
    conv1, hidden, residual = block[0](places), block[:2](places), block(places)
    assert (conv1.flatten().tolist(), hidden.flatten().tolist()) == ([-3, 7], [0, 7])
    assert residual.flatten().tolist() == [3, -4]
    assert torch.relu(places + residual).flatten().tolist() == [1, 0]


def test_every_figure_of_the_inner_path_is_in_the_lesson_and_of_the_sum_in_the_explanation(exercise: Exercise) -> None:
    def rows_of(table: Sequence[Sequence[float]], digits: int) -> list[str]:
        return [" +".join(f"{n:.{digits}f}".replace("-", "−") for n in row) for row in table]

    lesson = exercise.lesson().replace("−105.878 ", "−105.8780")
    for row in [*rows_of(X, 0), *rows_of(CONV1, 4), *rows_of(RESIDUAL, 4)]:
        assert re.search(row, lesson), row
    for row in rows_of(HIDDEN, 4):
        assert re.search(row.replace("0.0000", "0"), lesson), row
    for row in rows_of(SUM, 4):
        assert re.search(row, exercise.explanation()), row


# -- the questions -----------------------------------------------------------------------------------------------------


def test_variants_are_small_and_both_relus_have_work_and_let_something_through(
    author: dict[str, Any], asked: list[Question]
) -> None:
    variants = [question for question in asked if question.name != "q1"]
    assert len(variants) == 600
    for question in variants:
        x = flat(question.given, ["x"])
        assert [len(row) for row in question.given["x"]] == [3, 3]
        assert min(x) < 0 < max(x)
        right = answers(author, question)
        numbers = np.array(flat(right, list(right)))
        assert abs(numbers).max() <= 15
        # Nothing has to be rounded.
        assert (numbers * 100 == (numbers * 100).round()).all()
        for before in (right["sum"], right.get("conv1") or question.given["conv1"]):
            signs = np.sign(before)
            assert (signs < 0).sum() >= MIN_EVIDENCE
            assert (signs > 0).sum() >= 2
            assert (signs == 0).sum() == 0


def test_question_2_gives_both_convolutions_and_question_3_asks_for_them(drawn: list[tuple[Question, ...]]) -> None:
    for _, second, third in drawn:
        assert [blank.name for blank in second.blanks] == ["q2_hidden", "q2_sum", "q2_output"]
        assert [blank.name for blank in third.blanks] == [
            f"q3_{suffix}" for suffix in ("conv1", "hidden", "residual", "sum", "output")
        ]
        assert {blank.shape for blank in (*second.blanks, *third.blanks)} == {(2, 3)}


def test_the_prompt_has_every_number_that_is_given(asked: list[Question]) -> None:
    for question in asked[::10]:
        given = question.given
        tables = [given[name] for name in ("x", "conv1", "residual") if given[name]]
        if question.name == "q1":
            tables.remove(given["conv1"])
        numbers = [float(n) for row in zip(*tables, strict=True) for part in row for n in part]
        lines = [line for line in question.prompt.splitlines() if re.match(r"    +-?\d", line)]
        assert [float(number) for line in lines for number in line.split()] == numbers
        for (weight, bias), name in zip(given["convs"] or (), ("conv1", "conv2"), strict=False):
            assert f"{name}: weight {weight}, bias {bias}" in question.prompt


def test_the_whole_block_is_pytorchs(author: dict[str, Any], asked: list[Question]) -> None:
    for question in [question for question in asked if question.given["convs"]][::20]:
        conv1, conv2 = nn.Conv2d(1, 1, 1).double(), nn.Conv2d(1, 1, 1).double()
        with torch.no_grad():
            for layer, (weight, bias) in zip((conv1, conv2), question.given["convs"], strict=True):
                layer.weight.fill_(weight)
                assert layer.bias is not None
                layer.bias.fill_(bias)
            x = tensor(question.given["x"])[None]
            assert torch.relu(x + conv2(torch.relu(conv1(x))))[0].tolist() == answers(author, question)["output"]


def test_the_known_mistakes_are_the_wrong_programs(
    exercise: Exercise, author: dict[str, Any], asked: list[Question]
) -> None:
    # What the generator rejects numbers by has to be what a submission is compared with.
    programs = {wrong.misconception: wrong.source for wrong in exercise.wrong}
    for question in asked[::37]:
        tables = dict(author["mistakes"](question.given))
        assert set(programs) - set(tables) == (set() if question.given["convs"] else ONLY_WITH_CONVOLUTIONS)
        alone = tuple(replace(question, name=name) for name in ("q1", "q2", "q3"))
        asked_suffixes = question.given["asked"]
        for misconception, found in tables.items():
            namespace: dict[str, Any] = {}
            exec(fill_in(programs[misconception], alone), namespace)
            got = {suffix: namespace[f"q2_{suffix}"] for suffix in asked_suffixes}
            assert flat(got, asked_suffixes) == pytest.approx(flat(found, asked_suffixes)), misconception


def test_each_variant_alone_tells_every_mistake_from_the_truth_and_the_others(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        suffixes = question.given["asked"]
        tables = [answers(author, question), *dict(author["mistakes"](question.given)).values()]
        rows = np.array([flat(table, suffixes) for table in tables])
        apart = (abs(rows[:, None] - rows) > 0.005001).sum(axis=2)
        assert apart[0, 1:].min() >= MIN_EVIDENCE, question.given
        assert (apart == 0).sum() == len(tables), question.given


def test_worked_ends_in_pytorchs_numbers(author: dict[str, Any], asked: list[Question]) -> None:
    for question in asked:
        tables = [ast.literal_eval(text) for text in re.findall(r"\*\*(\[\[.+?\]\])\*\*", question.worked, re.S)]
        right = answers(author, question)
        assert flat(dict(zip(right, tables, strict=True)), list(right)) == pytest.approx(flat(right, list(right)))


def test_worked_adds_up_and_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        sums = re.findall(r"^row \d, column \d: +(.+?) += +(−?[\d.]+)$", question.worked, flags=re.M)
        assert len(sums) == len(question.blanks) * len(flat(question.given, ["x"]))
        for left, right in sums:
            assert eval(left.replace("·", "*").replace("−", "-")) == pytest.approx(float(right.replace("−", "-")))
        assert max(map(len, question.worked.splitlines())) <= WIDTH


def test_practice_is_endless_and_has_both_kinds_of_block(drills: list[Question]) -> None:
    assert len({repr(question.given) for question in drills}) == len(SEEDS)
    assert {len(question.blanks) for question in drills} == {3, 5}


# -- what is said ------------------------------------------------------------------------------------------------------


def test_every_mistake_is_named_in_practice_with_either_kind_of_block(
    exercise: Exercise, engine: EngineClient, drills: list[Question]
) -> None:
    seeds = [next(seed for seed in SEEDS if len(drills[seed].blanks) == blanks) for blanks in (3, 5)]
    for number, wrong in enumerate(exercise.wrong):
        for is_whole in {True, False} if wrong.misconception in ONLY_WITH_CONVOLUTIONS else {number % 2 == 1}:
            seed = seeds[is_whole]
            source = fill_in(wrong.source, exercise.practice(seed))
            verdict = engine.check(exercise, source, learner="x", seed=seed, practice=True)
            if wrong.misconception in ONLY_WITH_CONVOLUTIONS and not is_whole:
                assert verdict.verdict == "pass"
            else:
                assert verdict.misconception == wrong.misconception


def test_the_row_that_the_lesson_gives_away_does_not_hide_a_mistake(exercise: Exercise, engine: EngineClient) -> None:
    for wrong in exercise.wrong[::2]:
        source = exercise.program(wrong, "ada")
        rows = [SUM[0], SUM[0]]
        source += "".join(
            f"\n{name} = [{row}, *{name}[1:]]" for name, row in zip(("q1_sum", "q1_output"), rows, strict=True)
        )
        assert engine.check(exercise, source, learner="ada", seed=1).misconception == wrong.misconception


NOBODYS = {
    "1 added to every sum": [("[a + b for", "[a + b + 1 for")],
    "no last ReLU, and no inner one": [("hidden = relu(conv1)", "hidden = conv1"), (", relu(total)", ", total")],
    "subtracted, and no last ReLU": [("[a + b for", "[a - b for"), (", relu(total)", ", total")],
    "ReLU on F(x), and the absolute value at the end": [
        ("add(x, residual)", "add(x, relu(residual))"),
        (", relu(total)", ", [[abs(t) for t in row] for row in total]"),
    ],
    "rounded to whole numbers": [("[a + b for", "[round(a + b) for")],
    "the smaller of the two": [("[a + b for", "[min(a, b) for")],
    "ReLU of 6 at most": [("max(t, 0)", "min(max(t, 0), 6)")],
}  # fmt: skip


@pytest.mark.parametrize("replaced", NOBODYS.values(), ids=list(NOBODYS))
def test_what_is_nobodys_mistake_or_two_at_once_fails_without_a_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], replaced: list[tuple[str, str]]
) -> None:
    verdict = judge(changed(*replaced))
    assert verdict.verdict == "fail"
    assert verdict.misconception is None


def test_tables_side_by_side_are_told_from_their_sum(judge: Callable[..., Verdict], exercise: Exercise) -> None:
    both = [x + f for x, f in zip(X, RESIDUAL, strict=True)]
    verdict = judge(exercise.starter("ada").replace("q1_sum = ...", f"q1_sum = {both}"))
    assert "row 1, has 6 numbers; 3 numbers are asked" in verdict.checks[0].message


@pytest.mark.parametrize("digits", [3, 4])
def test_nobody_fails_for_rounding(
    exercise: Exercise, author: dict[str, Any], judge: Callable[..., Verdict], digits: int
) -> None:
    source = []
    for question in exercise.questions("ada"):
        right = answers(author, question)
        for blank in question.blanks:
            table = right[blank.name.partition("_")[2]]
            rows, columns = blank.shape
            rounded = iter([round(table[i][j], digits) for i, j in indices(blank.shape)])
            source.append(f"{blank.name} = {[[next(rounded) for _ in range(columns)] for _ in range(rows)]}")
    assert judge("\n".join(source)).passed


def test_what_is_off_is_said_place_by_place(judge: Callable[..., Verdict], exercise: Exercise) -> None:
    wrong = [[140.2087, 1.992, 6.4108], *SUM[1:]]
    source = exercise.starter("ada").replace("q1_sum = ...", f"q1_sum = {wrong}")
    message = judge(source.replace("q1_output = ...", f"q1_output = {SUM}")).checks[0].message
    assert "8 of 9 right. Off: row 1, column 3 (you: 6.4108)" in message
    assert "q1_output" not in message
