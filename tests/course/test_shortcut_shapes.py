"""Exercise 23: the slides' shapes, what its variants are like, how they are worked out, what is said of mistakes."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from math import floor
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.checks.diagnosis import MIN_EVIDENCE
from tutor.course.questions import PRACTISED, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tutor.course import Exercise, Question
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

SLUG = "shortcut-shapes"
SEEDS = range(200)
WIDTH = 76
IDENTITY = [0] * 5

FEW = {
    *("shortcut-from-hidden", "shortcut-channels-reversed", "shortcut-padding-forgotten"),
    *("shortcut-to-hidden", "shortcut-padding-always-1", "skip-not-projected"),
    *("concatenated", "shortcut-applied-to-f"),
}
"""Mistakes that may show in one or two numbers of a single question."""


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


def blocks(question: Question) -> dict[str, Any]:
    return {name: block for name, block in question.given.items() if name != "whole"}


def numbers(question: Question, values: Mapping[str, Any]) -> list[float]:
    """All numbers of a question in a row, by the blanks' suffixes."""
    suffixes = [blank.name.partition("_")[2] for blank in question.blanks]
    return [float(number) for suffix in suffixes for number in values[suffix]]


def path(block: Mapping[str, Any]) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(*block["conv1"]), nn.ReLU(), nn.Conv2d(*block["conv2"]))


# -- the figures -------------------------------------------------------------------------------------------------------


def test_the_slides_shapes(exercise: Exercise, answer: Callable[..., Mapping[str, Any]]) -> None:
    slides = exercise.questions("x")[0]
    a, b = slides.given["a"], slides.given["b"]
    assert a["x"] == b["x"] == (128, 3, 64, 64)
    assert (a["conv1"], a["conv2"]) == ((3, 10, 3, 1, 1), (10, 3, 3, 1, 1))
    assert (b["conv1"], b["conv2"], b["kernel"]) == ((3, 10, 3, 1, 1), (10, 3, 3, 2, 1), 3)
    assert answer(slides.given) == {
        "a_conv1": [128, 10, 64, 64],
        "a_conv2": [128, 3, 64, 64],
        "a_shortcut": IDENTITY,
        "a_skip": [128, 3, 64, 64],
        "a_output": [128, 3, 64, 64],
        "b_conv1": [128, 10, 64, 64],
        "b_conv2": [128, 3, 32, 32],
        "b_shortcut": [3, 3, 3, 2, 1],
        "b_skip": [128, 3, 32, 32],
        "b_output": [128, 3, 32, 32],
    }


def test_the_slides_blocks_run() -> None:
    x = torch.zeros(128, 3, 64, 64)
    with torch.no_grad():
        for stride, shortcut in ((1, nn.Identity()), (2, nn.Conv2d(3, 3, 3, 2, 1))):
            f = nn.Sequential(nn.Conv2d(3, 10, 3, 1, 1), nn.ReLU(), nn.Conv2d(10, 3, 3, stride, 1))
            assert torch.relu(shortcut(x) + f(x)).shape == (128, 3, 64 // stride, 64 // stride)


def test_every_shape_of_the_slides_is_in_the_lessons_drawings(exercise: Exercise) -> None:
    identity, projection = exercise.lesson().partition("## The projection shortcut")[::2]
    projection = projection.partition("## Finding")[0]
    assert identity.count("[128,3,64,64]") == 5
    assert identity.count("[128,10,64,64]") == 2
    assert projection.count("[128,3,64,64]") == 2
    assert projection.count("[128,10,64,64]") == 2
    assert projection.count("[128,3,32,32]") == 4


def test_the_four_shortcuts_of_the_lessons_table() -> None:
    x = torch.zeros(8, 16, 32, 32)
    shapes = [tuple(nn.Conv2d(*numbers)(x).shape) for numbers in (
        (16, 24, 1, 1, 0), (16, 16, 1, 2, 0), (16, 16, 3, 1, 0),
    )]  # fmt: skip
    assert shapes == [(8, 24, 32, 32), (8, 16, 16, 16), (8, 16, 30, 30)]
    # "… and so does 5×5 with padding 1."
    assert nn.Conv2d(16, 16, 5, padding=1)(x).shape[2:] == (30, 30)
    assert (x + torch.zeros(8, 16, 1, 1)).shape == x.shape


def test_what_the_explanation_says_of_one_window_for_both() -> None:
    for length in range(7, 40):
        x = torch.zeros(1, 1, length)
        both = nn.Sequential(nn.Conv1d(1, 1, 3, 1, 1), nn.Conv1d(1, 1, 3, 2, 1))
        one, three, five = (nn.Conv1d(1, 1, kernel, 2, kernel // 2) for kernel in (1, 3, 5))
        assert both(x).shape == one(x).shape == three(x).shape == five(x).shape
    # An even kernel with padding 1, and no projection with an odd kernel.
    grown = nn.Conv1d(1, 1, 2, padding=1)(torch.zeros(1, 1, 9)).shape
    assert grown == (1, 1, 10)
    assert all(
        nn.Conv1d(1, 1, kernel, padding=pad)(torch.zeros(1, 1, 9)).shape != grown
        for kernel in (1, 3, 5)
        for pad in range(5)
    )


# -- the questions -----------------------------------------------------------------------------------------------------


def test_pytorch_adds_both_paths_of_every_block(
    asked: list[Question], answer: Callable[..., Mapping[str, Any]]
) -> None:
    with torch.no_grad():
        for question in asked[::25]:
            right = answer(question.given)
            for name, block in blocks(question).items():
                images, *one = block["x"]
                x, (conv1, relu, conv2) = torch.zeros(1, *one), path(block)
                shortcut = right[f"{name}_shortcut"]
                skip = x if shortcut == IDENTITY else nn.Conv2d(*shortcut)(x)
                first = conv1(x)
                f = conv2(relu(first))
                # Alike, and not only fit to be broadcast.
                assert skip.shape == f.shape
                if name in question.given["whole"]:
                    whole = {"conv1": first, "conv2": f, "skip": skip, "output": torch.relu(skip + f)}
                    assert {suffix: right[f"{name}_{suffix}"] for suffix in whole} == {
                        suffix: [images, *tensor.shape[1:]] for suffix, tensor in whole.items()
                    }


def test_no_other_projection_of_the_kernel_fits(
    asked: list[Question], answer: Callable[..., Mapping[str, Any]]
) -> None:
    def out(length: int, kernel: int, stride: int, padding: int) -> int:
        return floor((length + 2 * padding - kernel) / stride) + 1

    for question in asked[::10]:
        for name, block in blocks(question).items():
            shortcut = answer(question.given)[f"{name}_shortcut"]
            if shortcut == IDENTITY:
                continue
            _, _, kernel, *right = shortcut
            assert kernel == block["kernel"]
            sizes = [out(length, kernel, *right) for length in block["x"][2:]]
            fits = [
                [stride, padding]
                for stride in range(1, 10)
                for padding in range(10)
                if [out(length, kernel, stride, padding) for length in block["x"][2:]] == sizes
            ]
            assert fits == [right]


def test_variants_need_all_kinds_of_shortcuts(
    drawn: list[tuple[Question, ...]], answer: Callable[..., Mapping[str, Any]]
) -> None:
    identities, kernels, odd, unusual = 0, set(), 0, 0
    for _, second, third in drawn:
        for question in (second, third):
            assert list(blocks(question)) == ["a", "b", "c", "d"]
            right = answer(question.given)
            a = question.given["a"]
            assert a["x"][2] != a["x"][3]
            assert right["a_output"][2] != right["a_output"][3]
            assert right["a_shortcut"] != IDENTITY
            kernels |= {block["kernel"] for block in blocks(question).values()}
            assert len({block["x"][0] for block in blocks(question).values()}) == 1
        # Question 2 as on the slides: conv2 has the stride. One block at least keeps all, one changes its channels.
        a = second.given["a"]
        assert (a["conv1"][3], a["conv2"][3]) == (1, 2)
        assert a["conv1"][0] == a["conv2"][1]
        others = [(block, answer(second.given)[f"{name}_shortcut"]) for name, block in blocks(second).items()][1:]
        assert any(shortcut == IDENTITY for _, shortcut in others)
        assert any(s != IDENTITY and s[0] != s[1] and s[3] == 1 for _, s in others)
        # Question 3 as in ResNet: conv1 has a stride. One block shrinks without any, and the channels of one stay.
        a = third.given["a"]
        assert a["conv1"][3] > 1
        assert len({a["conv1"][0], a["conv1"][1], a["conv2"][1]}) == 3
        others = [(block, answer(third.given)[f"{name}_shortcut"]) for name, block in blocks(third).items()][1:]
        assert any(s[0] == s[1] != 0 and s[3] == 1 for _, s in others)
        assert any(s[0] == s[1] != 0 and s[3] > 1 for _, s in others)
        identities += any(shortcut == IDENTITY for _, shortcut in others)
        odd += any(length % 2 for length in a["x"][2:])
        unusual += a["conv1"][4] != a["conv1"][2] // 2
    assert kernels == {1, 3}
    assert 60 < identities < 140
    assert odd > 100
    assert unusual > 10


def test_the_prompt_has_every_number_that_is_given(asked: list[Question]) -> None:
    for question in asked[::20]:
        for name, block in blocks(question).items():
            assert f"block {name}: x {list(block['x'])}; a projection would be {block['kernel']}×{block['kernel']}" in (
                question.prompt
            )
            for layer in ("conv1", "conv2"):
                start, end, kernel, stride, padding = block[layer]
                said = f"{layer} {start} → {end}, {kernel}×{kernel}, stride {stride}, padding {padding}"
                assert said in question.prompt
        assert re.findall(r"blocks? ([a-d](?: and [a-d])*) as well", question.prompt) == [
            " and ".join(question.given["whole"])
        ]


def test_what_the_author_calls_right_is_pytorchs(
    author: dict[str, Any], asked: list[Question], answer: Callable[..., Mapping[str, Any]]
) -> None:
    for question in asked:
        assert author["answers"](question.given) == numbers(question, answer(question.given))


def test_the_known_mistakes_are_the_wrong_programs(
    exercise: Exercise, author: dict[str, Any], asked: list[Question]
) -> None:
    # What the generator rejects numbers by has to be what a submission is compared with.
    programs = {wrong.misconception: wrong.source for wrong in exercise.wrong}
    for question in [question for question in asked if question.name != "q1"][::29]:
        found = dict(author["mistakes"](question.given))
        assert set(found) == set(programs) == {entry.id for entry in exercise.manifest.misconception}
        alone = tuple(replace(question, name=name) for name in ("q1", "q2", "q3"))
        for misconception, mistaken in found.items():
            namespace: dict[str, Any] = {}
            exec(fill_in(programs[misconception], alone), namespace)
            got = {blank.name.partition("_")[2]: namespace[f"q2_{blank.name[3:]}"] for blank in question.blanks}
            assert numbers(question, got) == mistaken, misconception


def test_each_mistake_that_shows_in_a_variant_is_unlike_the_others_and_nearly_always_on_three_numbers(
    author: dict[str, Any], asked: list[Question]
) -> None:
    for question in asked:
        if question.name == "q1":
            continue
        right = author["answers"](question.given)
        seen: list[Sequence[int]] = [right]
        for misconception, mistaken in author["mistakes"](question.given):
            spoilt = sum(one != other for one, other in zip(mistaken, right, strict=True))
            if spoilt:
                assert spoilt >= MIN_EVIDENCE or misconception in FEW
                assert mistaken not in seen, (misconception, question.given)
                seen.append(mistaken)
        assert len(seen) > 20


def test_worked_ends_in_pytorchs_numbers(asked: list[Question], answer: Callable[..., Mapping[str, Any]]) -> None:
    for question in asked:
        rows = [ast.literal_eval(text) for text in re.findall(r"\*\*(\[.+?\])\*\*", question.worked)]
        assert [number for row in rows for number in row] == numbers(question, answer(question.given))


def test_worked_adds_up_and_fits_a_terminal(asked: list[Question]) -> None:
    for question in asked:
        sums = re.findall(r"(?:rows|columns|padding \d:|together) (.+?) = (\d+)", question.worked)
        assert len(sums) >= 4 * len(blocks(question))
        for left, right in sums:
            assert eval(left.replace("·", "*").replace("−", "-"), {"floor": floor}) == int(right), left
        assert max(map(len, question.worked.splitlines())) <= WIDTH
        # A padding that is tried before the right one is said not to fit, and why.
        for tried in re.findall(
            r"^- padding \d: .* = (\d+) (?:rows|columns), but F\(x\) has (\d+)$", question.worked, re.M
        ):
            assert tried[0] != tried[1]


def test_practice_is_endless_and_has_both_kinds_of_variant(drills: list[Question]) -> None:
    assert len({repr(question.given) for question in drills}) == len(SEEDS)
    assert {question.given["a"]["conv1"][3] for question in drills} == {1, 2, 3}


# -- what is said ------------------------------------------------------------------------------------------------------


def test_mistakes_are_named_though_question_1_is_read_off_the_lesson(exercise: Exercise, engine: EngineClient) -> None:
    right = exercise.program(exercise.reference_answer, "ada")
    slides = [blank.name for blank in exercise.questions("ada")[0].blanks]
    namespace: dict[str, Any] = {}
    exec(right, namespace)
    copied = "".join(f"\n{name} = {list(namespace[name])}" for name in slides)
    for wrong in exercise.wrong[::2]:
        verdict = engine.check(exercise, exercise.program(wrong, "ada") + copied, learner="ada", seed=1)
        assert verdict.checks[0].status == "pass"
        # It shows in the output of block a alone, once in each of the two questions that are left.
        expected = None if wrong.misconception == "concatenated" else wrong.misconception
        assert verdict.misconception == expected


def test_mistakes_in_a_practice_question_get_their_own_name_or_none(
    exercise: Exercise, engine: EngineClient, drills: list[Question]
) -> None:
    for conv1_stride in (1, 2):
        seed = next(seed for seed in SEEDS if drills[seed].given["a"]["conv1"][3] == conv1_stride)
        for wrong in exercise.wrong[conv1_stride::2]:
            source = fill_in(wrong.source, exercise.practice(seed))
            verdict = engine.check(exercise, source, learner="x", seed=seed, practice=True)
            expected = {wrong.misconception, None} if wrong.misconception in FEW else {wrong.misconception}
            assert verdict.passed or verdict.misconception in expected


NOBODYS = {
    "kernel counted twice": [("2 * p - k + s", "2 * p - 2 * k + s")],
    "channels doubled by a stride": [("[shape[0], out]", "[shape[0], out * s]")],
    "images divided by the stride": [("[shape[0], out]", "[shape[0] // s, out]")],
    "no + 1 in the formula, and no stride on the projection": [
        ("- k + s)", "- k)"),
        ("kernel, s, p -", "kernel, 1, p -"),
    ],
    "projections everywhere, with in and out reversed": [
        ("[start, end, kernel", "[end, start, kernel"),
        (" if f != list(x) else [0] * 5", ""),
    ],
    "output one short": [("shortcut, f, f", "shortcut, f, [*f[:3], f[3] - 1]")],
    "strides added": [("s1 * s2, p1", "s1 + s2, p1")],
}


@pytest.mark.parametrize("replaced", NOBODYS.values(), ids=list(NOBODYS))
def test_what_is_nobodys_mistake_or_two_at_once_fails_without_a_name(
    judge: Callable[..., Verdict], exercise: Exercise, replaced: list[tuple[str, str]]
) -> None:
    (right,) = (answer for answer in exercise.accepted if answer.path.stem == "one_window_for_both")
    source = exercise.program(right, "ada")
    for old, new in replaced:
        assert source.count(old) == 1
        source = source.replace(old, new)
    verdict = judge(source)
    assert verdict.verdict == "fail"
    assert verdict.misconception is None


def test_what_is_off_is_said_number_by_number(judge: Callable[..., Verdict], exercise: Exercise) -> None:
    source = exercise.starter("ada").replace("q1_b_shortcut = ...", "q1_b_shortcut = [10, 3, 3, 1, 1]")
    source = source.replace("q1_b_skip = ...", "q1_b_skip = (128, 3, 64)")
    message = judge(source).checks[0].message
    assert "q1_b_shortcut" in message
    assert "3 of 5 right. Off: number 1 (you: 10); number 4 (you: 1)" in message
    assert "has 3 numbers; 4 numbers are asked" in message
    assert "q1_a_conv1 (block a: shape after conv1) is not filled in yet" in message
