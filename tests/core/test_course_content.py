"""The built-in course without the engine: its templates, questions, known answers and lessons."""

from __future__ import annotations

import math
import runpy
import subprocess
import sys
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.course import Answer, Exercise, Question, builtin_course, load_course
from tutor.course.questions import fill_in
from tutor.engine.by_hand import MIN_WRONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

COURSE = load_course(builtin_course())
BY_HAND = [exercise for exercise in COURSE.exercises if exercise.is_compute]
LEARNERS = [f"learner-{number}" for number in range(200)]
WIDTH = 78

Entry = tuple[str, int]
"""A blank's name and the place of a number in it, counted through."""

conv_output_shape = COURSE.find("conv-output-shape")
batch_norm_by_hand = COURSE.find("batch-norm-by-hand")
residual_block = COURSE.find("residual-block")


@pytest.fixture(autouse=True)
def _one_seeded_thread() -> Iterator[None]:
    # Tensors this small only lose time to a second thread, most of all on a busy machine.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


def each(exercises: Sequence[Exercise]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("exercise", exercises, ids=lambda exercise: exercise.slug)


def each_answer(of: Callable[[Exercise], Sequence[Answer]], exercises: Sequence[Exercise]) -> pytest.MarkDecorator:
    pairs = [
        pytest.param(exercise, answer, id=f"{exercise.slug}-{answer.path.stem}")
        for exercise in exercises
        for answer in of(exercise)
    ]
    return pytest.mark.parametrize(("exercise", "answer"), pairs)


def right(exercise: Exercise) -> list[Answer]:
    return [exercise.reference_answer, *exercise.accepted]


def wrong(exercise: Exercise) -> Sequence[Answer]:
    return exercise.wrong


def starter_source(exercise: Exercise) -> str:
    return (exercise.folder / exercise.filename).read_text(encoding="utf-8")


@cache
def questions(slug: str, learner: str) -> tuple[Question, ...]:
    return COURSE.find(slug).questions(learner)


@cache
def answer_function(slug: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    function = runpy.run_path(str(COURSE.find(slug).checks_file))["answer"]
    assert callable(function)
    return function  # type: ignore[no-any-return]


@cache
def truth(slug: str, learner: str) -> dict[Entry, float]:
    """PyTorch's numbers for all questions of a learner."""
    entries: dict[Entry, float] = {}
    for question in questions(slug, learner):
        answers = answer_function(slug)(question.given)
        for blank in question.blanks:
            value = answers[blank.name.removeprefix(question.name).removeprefix("_")]
            entries |= numbers(blank.name, blank.shape, value)
    return entries


def numbers(name: str, shape: tuple[int, ...], value: Any) -> dict[Entry, float]:
    if shape == ():
        return {(name, 0): float(value)}
    rows = value.tolist() if isinstance(value, torch.Tensor) else list(value)
    if len(shape) == 2:
        assert [len(row) for row in rows] == [shape[1]] * shape[0], name
        rows = [entry for row in rows for entry in row]
    assert len(rows) == math.prod(shape), name
    return {(name, place): float(entry) for place, entry in enumerate(rows)}


def run(exercise: Exercise, source: str, learner: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": exercise.manifest.module}
    program = fill_in(source, questions(exercise.slug, learner))
    exec(compile(program, exercise.filename, "exec"), namespace)
    return namespace


def answered(exercise: Exercise, answer: Answer, learner: str) -> dict[Entry, float]:
    """What a known answer answers; each is run once for each learner."""
    return _answered(exercise.slug, answer, learner)


@cache
def _answered(slug: str, answer: Answer, learner: str) -> dict[Entry, float]:
    exercise = COURSE.find(slug)
    namespace = run(exercise, answer.source, learner)
    entries: dict[Entry, float] = {}
    for question in questions(exercise.slug, learner):
        for blank in question.blanks:
            entries |= numbers(blank.name, blank.shape, namespace[blank.name])
    return entries


def close(exercise: Exercise, got: float, expected: float) -> bool:
    tolerance = exercise.manifest.tolerance
    return abs(got - expected) <= tolerance.atol + tolerance.rtol * abs(expected)


def off(exercise: Exercise, got: Mapping[Entry, float], expected: Mapping[Entry, float]) -> list[Entry]:
    return [entry for entry, number in expected.items() if not close(exercise, got[entry], number)]


def fails(exercise: Exercise, answer: Answer, learner: str) -> set[str]:
    """The questions at which a wrong answer fails."""
    wrong_entries = off(exercise, answered(exercise, answer, learner), truth(exercise.slug, learner))
    return {name.partition("_")[0] for name, _ in wrong_entries}


NUMBERS = {
    "conv-output-shape": 1,
    "conv-by-hand": 2,
    "conv2d": 3,
    "pooling-by-hand": 4,
    "pool2d": 5,
    "channels-by-hand": 6,
    "count-parameters": 7,
    "lenet": 8,
    "textcnn": 9,
    "standardise-by-hand": 10,
    "batch-norm-by-hand": 11,
    "batch-norm-train": 12,
    "running-statistics": 13,
    "batch-norm-inference-by-hand": 14,
    "batch-norm-2d": 15,
    "batch-norm-backward": 16,
    "lenet-batch-norm": 17,
    "dropout-by-hand": 18,
    "dropout": 19,
    "dropout-network": 20,
    "degradation": 21,
    "skip-by-hand": 22,
    "shortcut-shapes": 23,
    "residual-block": 24,
    "projection-block": 25,
    "basic-block": 26,
    "long-skip": 27,
    "resnet-mnist": 28,
}


def test_the_course_has_its_exercises_in_order_under_the_names_that_class_lists_keep() -> None:
    found = [(exercise.number, exercise.slug) for exercise in COURSE.exercises]
    assert found == sorted(found)
    assert {slug: number for number, slug in found}.items() <= NUMBERS.items()
    assert [part.number for part in COURSE.manifest.part] == [1, 2, 3, 4]


@each(COURSE.exercises)
def test_lessons_fit_a_terminal_and_state_the_task(exercise: Exercise) -> None:
    for text in (exercise.lesson(), exercise.explanation()):
        assert [line for line in text.splitlines() if len(line) > WIDTH] == []
        assert "$" not in text
    task = exercise.lesson().partition("\n## Your task\n")[2]
    for said in (exercise.filename, f"cnn-tutor check exercise {exercise.number}", "Tolerance", "What is checked"):
        assert said in task


@each(COURSE.exercises)
def test_every_misconception_is_shown_by_exactly_one_wrong_answer(exercise: Exercise) -> None:
    shown = sorted(answer.misconception for answer in exercise.wrong)
    assert shown == sorted(entry.id for entry in exercise.manifest.misconception)
    assert len(exercise.manifest.hints) >= 3
    assert len(exercise.accepted) >= 2


@each(BY_HAND)
def test_blanks_checks_and_symbols_agree(exercise: Exercise) -> None:
    asked = questions(exercise.slug, LEARNERS[0])
    assert [question.name for question in asked] == [entry.id for entry in exercise.manifest.check]
    assert [blank.name for question in asked for blank in question.blanks] == list(exercise.manifest.symbols)


@each(BY_HAND)
def test_questions_fit_a_terminal_as_comments(exercise: Exercise) -> None:
    for learner in LEARNERS:
        program = fill_in(starter_source(exercise), questions(exercise.slug, learner))
        assert [line for line in program.splitlines() if len(line) > WIDTH] == []


@each(BY_HAND)
def test_starter_leaves_every_blank_open(exercise: Exercise) -> None:
    for learner in LEARNERS:
        namespace = run(exercise, starter_source(exercise), learner)
        assert all(namespace[name] is ... for name in exercise.manifest.symbols)


@each(BY_HAND)
def test_learners_get_the_slides_question_first_and_then_their_own(exercise: Exercise) -> None:
    slides = runpy.run_path(str(exercise.solution_folder / "questions.py"))["SLIDES"]
    assert all(questions(exercise.slug, learner)[0].given == slides for learner in LEARNERS)
    own = {repr([question.given for question in questions(exercise.slug, learner)]) for learner in LEARNERS}
    assert len(own) == len(LEARNERS)
    assert exercise.questions(LEARNERS[0]) == questions(exercise.slug, LEARNERS[0])


@each(BY_HAND)
def test_questions_import_no_torch(exercise: Exercise) -> None:
    program = (
        "import random, runpy, sys\n"
        "author = runpy.run_path(sys.argv[1])\n"
        "given = author['variant'](random.Random(1))\n"
        "author['prompt'](given), author['blanks'](given)\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    command = [sys.executable, "-c", program, str(exercise.solution_folder / "questions.py")]
    assert subprocess.run(command, check=False).returncode == 0


@each_answer(right, BY_HAND)
def test_right_answers_are_right_for_every_learner(exercise: Exercise, answer: Answer) -> None:
    for learner in LEARNERS:
        assert off(exercise, answered(exercise, answer, learner), truth(exercise.slug, learner)) == []


@each_answer(wrong, BY_HAND)
def test_wrong_answers_first_fail_at_the_question_that_they_name(exercise: Exercise, answer: Answer) -> None:
    for learner in LEARNERS:
        assert min(fails(exercise, answer, learner)) == answer.check


@each_answer(wrong, BY_HAND)
def test_wrong_answers_differ_clearly_on_enough_numbers(exercise: Exercise, answer: Answer) -> None:
    margin = 10 * exercise.manifest.tolerance.atol
    for learner in LEARNERS:
        got, expected = answered(exercise, answer, learner), truth(exercise.slug, learner)
        clearly = [entry for entry, number in expected.items() if abs(got[entry] - number) > margin]
        assert len(clearly) >= MIN_WRONG


@each(BY_HAND)
def test_no_two_misconceptions_look_alike_to_any_learner(exercise: Exercise) -> None:
    for learner in LEARNERS:
        expected = truth(exercise.slug, learner)
        got = {answer.misconception: answered(exercise, answer, learner) for answer in exercise.wrong}
        # Only the questions that fail are looked at when a mistake is named.
        for name, own in got.items():
            failed = {entry[0].partition("_")[0] for entry in off(exercise, own, expected)}
            seen = {entry: number for entry, number in own.items() if entry[0].partition("_")[0] in failed}
            alike = [other for other in got if other != name and not off(exercise, got[other], seen)]
            assert alike == [], (name, learner)


@pytest.mark.parametrize("layer", ["convolution", "max pooling"])
def test_variants_of_a_shape_differ_on_the_axes_and_cut_something_off(layer: str) -> None:
    givens = [q.given for learner in LEARNERS for q in questions("conv-output-shape", learner)[1:]]
    givens = [given for given in givens if given["layer"] == layer]
    assert len(givens) > 100
    for given in givens:
        assert all(given[name][0] != given[name][1] for name in ("input", "kernel", "padding", "stride"))
        names = ("input", "kernel", "padding", "stride", "dilation")
        axes = zip(*(given[name] for name in names), strict=True)
        assert any((size + 2 * pad - gap * (kernel - 1) - 1) % stride for size, kernel, pad, stride, gap in axes)
        assert min(answer_function("conv-output-shape")(given)[""]) >= 1


def test_the_slides_shape() -> None:
    assert answer_function("conv-output-shape")(questions("conv-output-shape", "x")[0].given) == {"": [2, 2]}


def test_the_slides_batch() -> None:
    answers = answer_function("batch-norm-by-hand")(questions("batch-norm-by-hand", "x")[0].given)
    assert answers["mean"].tolist() == [2.25, 2.5, 1.25]
    assert answers["variance"].tolist() == pytest.approx([2.1875, 1.25, 2.6875], rel=1e-12)
    assert [round(math.sqrt(variance), 4) for variance in answers["variance"].tolist()] == [1.4790, 1.1180, 1.6394]
    assert [[round(number, 4) for number in row] for row in answers["output"].tolist()] == [
        [-0.1690, -0.4472, -0.1525],
        [1.1832, -1.3416, -0.7625],
        [-1.5213, 1.3416, -0.7625],
        [0.5071, 0.4472, 1.6775],
    ]


def test_the_figures_that_lessons_and_explanations_work_out() -> None:
    conv = nn.Conv2d(1, 1, kernel_size=(3, 2), padding=(0, 1), stride=(2, 3))
    assert conv(torch.zeros(1, 1, 6, 9)).shape == (1, 1, 2, 4)
    assert nn.Conv2d(1, 1, 3, dilation=2)(torch.zeros(1, 1, 7, 7)).shape == (1, 1, 3, 3)
    batch = torch.tensor([[2], [4], [0], [3]], dtype=torch.float64)
    gamma, beta = torch.tensor([2.0]).double(), torch.tensor([0.5]).double()
    output = nn.functional.batch_norm(batch, None, None, gamma, beta, training=True)
    assert round(output[0].item(), 4) == 0.1619
    block = program_class(residual_block.reference_answer)(3, 10)
    x = torch.zeros(128, 3, 64, 64)
    hidden = nn.Sequential(*list(block.children())[:1])(x[:1])
    assert hidden.shape == (1, 10, 64, 64)
    assert block(x[:1]).shape == (1, 3, 64, 64)


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_rounding_and_leaving_epsilon_out_cost_no_learner_a_pass(digits: int) -> None:
    answer = answer_function("batch-norm-by-hand")
    for learner in LEARNERS:
        for question in questions("batch-norm-by-hand", learner):
            exact, own = answer(question.given), answer({**question.given, "eps": 1e-300})
            for suffix in ("mean", "variance", "output"):
                for expected, number in zip(exact[suffix].flatten(), own[suffix].flatten(), strict=True):
                    assert close(batch_norm_by_hand, round(number.item(), digits), expected.item())


# -- residual block ----------------------------------------------------------------------------------------------------

SIZES = [(1, 2, 1, 3, 2), (1, 2, 3, 4, 5), (2, 3, 3, 5, 4), (2, 4, 2, 3, 6), (3, 3, 5, 6, 4)]
"""Batch, channels, hidden channels, height, width."""


class Seen:
    """What a program does on one size, with parameters of the test's: stops at the first exception."""

    def __init__(self, block_class: type[nn.Module], size: tuple[int, int, int, int, int]) -> None:
        n, channels, hidden, height, width = size
        rng = torch.Generator().manual_seed(sum(size))
        shapes = [(hidden, channels, 3, 3), (hidden,), (channels, hidden, 3, 3), (channels,)]
        values = [torch.randn(shape, generator=rng, dtype=torch.float64) for shape in shapes]
        x = torch.randn(n, channels, height, width, generator=rng, dtype=torch.float64)
        grad_output = torch.randn(x.shape, generator=rng, dtype=torch.float64)
        self.shapes: list[tuple[int, ...]] = []
        self.forward: torch.Tensor | str = ""
        self.input_kept = False
        self.gradients: list[torch.Tensor | None] | str = ""
        block = block_class(channels, hidden).double()
        parameters = list(block.parameters())
        self.shapes = [tuple(parameter.shape) for parameter in parameters]
        if self.shapes != shapes:
            return
        with torch.no_grad():
            for parameter, value in zip(parameters, values, strict=True):
                parameter.copy_(value)
        own = x.clone()
        try:
            self.forward = block(own).detach()
        except RuntimeError as error:
            self.forward = type(error).__name__
        self.input_kept = torch.equal(own, x)
        leaf = x.clone().requires_grad_()
        try:
            block(leaf).backward(grad_output)
            self.gradients = [leaf.grad, *(parameter.grad for parameter in parameters)]
        except RuntimeError as error:
            self.gradients = type(error).__name__

    def first_failure(self, expected: Seen) -> str:
        if self.shapes != expected.shapes:
            return "construct"
        if not self.input_kept or not same(self.forward, expected.forward):
            return "forward"
        assert isinstance(self.gradients, list)
        assert isinstance(expected.gradients, list)
        return "" if all(map(same, self.gradients, expected.gradients)) else "gradients"


def same(got: torch.Tensor | str | None, expected: torch.Tensor | str | None) -> bool:
    if isinstance(got, torch.Tensor) and isinstance(expected, torch.Tensor):
        tolerance = residual_block.manifest.tolerance
        return got.shape == expected.shape and torch.allclose(got, expected, rtol=tolerance.rtol, atol=tolerance.atol)
    return type(got) is type(expected) and got == expected


def program_class(answer: Answer) -> type[nn.Module]:
    namespace: dict[str, Any] = {"__name__": residual_block.manifest.module}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    made = namespace["ResidualBlock"]
    assert issubclass(made, nn.Module)
    return made  # type: ignore[no-any-return]


@cache
def reference_sees(size: tuple[int, int, int, int, int]) -> Seen:
    return Seen(program_class(residual_block.reference_answer), size)


def test_the_starter_of_the_block_can_be_imported_and_is_not_written_yet() -> None:
    starter = residual_block.starter("x")
    namespace: dict[str, Any] = {"__name__": residual_block.manifest.module}
    exec(compile(starter, residual_block.filename, "exec"), namespace)
    with pytest.raises(NotImplementedError):
        namespace["ResidualBlock"](1, 1)


def test_the_reference_is_the_formula() -> None:
    n, channels, hidden, height, width = SIZES[1]
    block = program_class(residual_block.reference_answer)(channels, hidden).double()
    w1, b1, w2, b2 = block.parameters()
    x = torch.randn(n, channels, height, width, dtype=torch.float64)
    conv2d, relu = nn.functional.conv2d, torch.relu
    expected = relu(x + conv2d(relu(conv2d(x, w1, b1, padding=1)), w2, b2, padding=1))
    assert torch.allclose(block(x), expected, rtol=1e-12, atol=1e-12)


@each_answer(right, [residual_block])
def test_right_blocks_equal_the_reference(exercise: Exercise, answer: Answer) -> None:
    for size in SIZES:
        assert Seen(program_class(answer), size).first_failure(reference_sees(size)) == ""


@each_answer(wrong, [residual_block])
def test_wrong_blocks_fail_at_the_check_that_they_name(exercise: Exercise, answer: Answer) -> None:
    failures = [Seen(program_class(answer), size).first_failure(reference_sees(size)) for size in SIZES]
    if answer.check == "construct":
        # With as many hidden channels as channels, parameters in the wrong order have the right shapes.
        assert "construct" in failures
    else:
        assert set(failures) == {answer.check}


def test_no_two_wrong_blocks_look_alike() -> None:
    for one, other in combinations(residual_block.wrong, 2):
        if one.check == other.check:
            assert any(not alike(Seen(program_class(one), size), Seen(program_class(other), size)) for size in SIZES), (
                one.misconception,
                other.misconception,
            )


def alike(one: Seen, other: Seen) -> bool:
    if one.shapes != other.shapes or one.input_kept != other.input_kept or not same(one.forward, other.forward):
        return False
    if isinstance(one.gradients, str) or isinstance(other.gradients, str):
        return one.gradients == other.gradients
    return all(map(same, one.gradients, other.gradients))
