"""Exercise 3: its figures, its reference, and what a learner is told."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Counterexample, Verdict

SLUG = "conv2d"
HEAD = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n"
SHAPES = [
    ((1, 1, 4, 4), (1, 1, 3, 3), 2, 1),
    ((2, 3, 5, 4), (4, 3, 2, 3), 1, 0),
    ((3, 2, 7, 5), (2, 2, 3, 1), (2, 1), (1, 0)),
    ((1, 4, 6, 9), (5, 4, 3, 2), (2, 3), (0, 1)),
    ((2, 1, 3, 8), (3, 1, 1, 4), (1, 2), (2, 3)),
    ((2, 5, 6, 7), (1, 5, 6, 7), 1, 0),
    ((1, 2, 2, 3), (2, 2, 4, 5), (3, 1), (1, 2)),
]


def function(answer: Answer) -> Callable[..., torch.Tensor]:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    made = namespace["conv2d"]
    assert callable(made)
    return made  # type: ignore[no-any-return]


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def named(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


def example(verdict: Verdict) -> Counterexample:
    found = first_failed(verdict).counterexample
    assert found is not None
    return found


def test_it_has_nine_checks(exercise: Exercise) -> None:
    assert len(exercise.manifest.check) == 9


def test_the_slides_convolution(exercise: Exercise) -> None:
    image = torch.tensor([[0, 3, 1, 1], [3, 1, 2, 0], [3, 4, 2, 3], [3, 0, 0, 2]], dtype=torch.float64)
    kernel = torch.tensor([[1, 1, 1], [1, 1, 1], [0, 1, 0]], dtype=torch.float64)
    for answer in (exercise.reference_answer, exercise.oracle_answer):
        output = function(answer)(image[None, None], kernel[None, None], torch.ones(1).double(), stride=2, padding=1)
        assert output.tolist() == [[[[7, 8], [15, 13]]]]


def test_the_slides_two_channels_and_filters(exercise: Exercise) -> None:
    x = [
        [[2, 2, 1, 4], [1, 0, 0, 4], [0, 3, 3, 4], [0, 4, 1, 2]],
        [[0, 0, 2, 1], [4, 1, 3, 1], [4, 3, 1, 4], [2, 4, 2, 0]],
    ]
    weight = [
        [[[1, 1, 0], [1, 0, 1], [1, 1, 0]], [[1, 0, 1], [0, 1, 0], [0, 1, 0]]],
        [[[1, 1, 1], [1, 1, 1], [1, 1, 1]], [[1, 1, 0], [0, 1, 1], [1, 1, 1]]],
    ]
    for answer in (exercise.reference_answer, exercise.oracle_answer):
        output = function(answer)(torch.tensor([x]).double(), torch.tensor(weight).double(), torch.ones(2).double())
        assert output.tolist() == [[[[15, 19], [23, 18]], [[25, 36], [30, 37]]]]


@pytest.mark.parametrize(("x_shape", "weight_shape", "stride", "padding"), SHAPES)
@pytest.mark.parametrize("has_bias", [False, True])
def test_the_reference_is_pytorchs_convolution(
    exercise: Exercise, x_shape: Any, weight_shape: Any, stride: Any, padding: Any, has_bias: bool
) -> None:
    rng = torch.Generator().manual_seed(sum(x_shape) + sum(weight_shape))
    x = torch.randn(x_shape, generator=rng, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(weight_shape, generator=rng, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(weight_shape[0], generator=rng, dtype=torch.float64, requires_grad=True) if has_bias else None
    leaves = [x, weight, *([] if bias is None else [bias])]
    expected = nn.functional.conv2d(x, weight, bias, stride, padding)
    output = function(exercise.reference_answer)(x, weight, bias, stride, padding)
    torch.testing.assert_close(output, expected, rtol=1e-11, atol=1e-11)
    grad_output = torch.randn(expected.shape, generator=rng, dtype=torch.float64)
    for own, its in zip(
        torch.autograd.grad(output, leaves, grad_output),
        torch.autograd.grad(expected, leaves, grad_output),
        strict=True,
    ):
        torch.testing.assert_close(own, its, rtol=1e-11, atol=1e-11)


def loops_of_the_lesson(exercise: Exercise) -> str:
    blocks: list[str] = re.findall(r"```\n(.*?)```", exercise.lesson(), re.DOTALL)
    return next(block for block in blocks if "range(C_in)" in block)


def test_the_loops_of_the_lesson_are_right(exercise: Exercise) -> None:
    loops = loops_of_the_lesson(exercise)
    rng = torch.Generator().manual_seed(1)
    x, weight = torch.randn(2, 3, 5, 6, generator=rng).double(), torch.randn(2, 3, 2, 3, generator=rng).double()
    bias = torch.randn(2, generator=rng).double()
    expected = nn.functional.conv2d(x, weight, bias, stride=(2, 1))
    sizes = {"N": 2, "C_in": 3, "C_out": 2, "K": 2, "O": 3, "S": 2, "T": 1, "rows": 2, "columns": 4}
    output = torch.zeros_like(expected)
    exec(loops, {"x": x, "weight": weight, "bias": bias, "output": output, **sizes})
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)


def test_the_loops_of_the_lesson_may_be_handed_in(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    head = """
import torch

def conv2d(x, weight, bias=None, stride=1, padding=0):
    S, T = stride if isinstance(stride, tuple) else (stride, stride)
    P, Q = padding if isinstance(padding, tuple) else (padding, padding)
    x = torch.nn.functional.pad(x, (Q, Q, P, P))
    N, C_in, H, W = x.shape
    C_out, _, K, O = weight.shape
    rows, columns = (H - K) // S + 1, (W - O) // T + 1
    output = x.new_zeros(N, C_out, rows, columns)
"""
    assert judge(f"{head}{textwrap.indent(loops_of_the_lesson(exercise), '    ')}    return output").passed


def test_the_drawing_of_the_lesson_is_right() -> None:
    image = torch.tensor([[1, 2, 0, 3], [4, 1, 1, 0], [0, 2, 5, 1]], dtype=torch.float64)
    kernel = torch.tensor([[1, 2], [0, -1]], dtype=torch.float64)
    assert nn.functional.conv2d(image[None, None], kernel[None, None]).tolist() == [[[[4, 1, 6], [4, -2, 0]]]]
    assert 64 * 64 * 3 * 3 * 56 * 56 == 115_605_504


@pytest.mark.parametrize(
    "body",
    [
        "return F.conv2d(x, weight, bias, stride, padding)",
        "return torch.conv2d(x, weight, bias, stride, padding)",
        "layer = nn.Conv2d(1, 1, 1, stride=stride, padding=padding)\n    layer.weight.data = weight\n"
        "    layer.bias.data = weight[:, 0, 0, 0] * 0 if bias is None else bias\n    return layer(x)",
        "return F.conv_transpose2d(x, weight.flip(-1, -2).transpose(0, 1), bias)",
        "return F.conv3d(x[:, :, None], weight[:, :, None], bias)[:, :, 0]",
        "return getattr(F, 'conv' + '2d')(x, weight, bias)",
    ],
)
def test_pytorchs_own_convolution_is_named_as_forbidden(judge: Callable[..., Verdict], body: str) -> None:
    verdict = judge(f"{HEAD}\n\ndef conv2d(x, weight, bias=None, stride=1, padding=0):\n    {body}\n")
    failed = first_failed(verdict)
    assert (verdict.verdict, failed.id) == ("fail", "window")
    assert failed.message.startswith("torch.nn.functional.conv2d may not be used here")
    assert verdict.misconception == "pytorch-asked"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return output if", "output = output + 1e-6\n    return output if"),
        ("return output if", "output = output.relu()\n    return output if"),
        ("windows, weight)", "windows, weight.flip(-1))"),
        ("windows, weight)", "windows, weight + 1)"),
        ("windows, weight)", "windows.flip(1), weight)"),
        ("(q, q, p, p))", "(q, q, p, p), value=1.0)"),
        (".unfold(2, k, s)", ".flip(0).unfold(2, k, s)"),
        ("bias[:, None, None]", "2 * bias[:, None, None]"),
        ("bias[:, None, None]", "bias.flip(0)[:, None, None]"),
        ("(value, value) if", "(value, 1) if"),
    ],
)
def test_what_is_nobodys_pattern_gets_no_false_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], old: str, new: str
) -> None:
    verdict = judge(changed((old, new)))
    assert not verdict.passed
    assert verdict.misconception is None


@pytest.mark.parametrize("to", ["bool()", "int()", "to(torch.complex64)", "double()", "half()", "tolist()"])
def test_no_other_dtype_passes_for_float32(judge: Callable[..., Verdict], changed: Callable[..., str], to: str) -> None:
    other = f"    if x.dtype == torch.float32 and bias is not None:\n        return output.{to}\n"
    verdict = judge(changed(("    return output if", f"{other}    return output if")))
    assert {check.id: check.status for check in verdict.checks if check.status != "pass"} == {"dtype": "fail"}


def test_two_mistakes_in_one_place_get_no_name(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    verdict = judge(changed(("windows, weight)", "windows, weight.flip(-1, -2)) / k")))
    assert not verdict.passed
    assert verdict.misconception is None


def test_one_mistake_here_and_another_there_are_named_each(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    verdict = judge(changed(("(q, q, p, p)", "(p, p, q, q)"), (".unfold(2, k, s)", ".unfold(2, k, 1)")))
    assert named(verdict) == {"padding": "padding-axes-swapped", "stride": None}
    verdict = judge(changed(
        ("(q, q, p, p)", "(p, p, q, q)"), (".unfold(2, k, s).unfold(3, o, t)", ".unfold(2, k, t).unfold(3, o, s)")
    ))  # fmt: skip
    assert named(verdict) == {"padding": "padding-axes-swapped", "stride": "stride-axes-swapped"}
    assert verdict.misconception == "padding-axes-swapped"


@pytest.mark.parametrize(
    "wrong", ["kernel_flipped", "padding_repeats_edge", "stride_in_size_only", "first_channel_only", "bias_per_channel"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_window_of_a_counterexample_is_what_the_expected_value_comes_from(
    exercise: Exercise, judge: Callable[..., Verdict], wrong: str, seed: int
) -> None:
    source = next(answer.source for answer in exercise.wrong if answer.path.stem == wrong)
    found = example(judge(source, seed))
    assert found.window is not None
    namespace: dict[str, Any] = {}
    exec(source + found.python, namespace)
    assert namespace["output"][found.index].item() == pytest.approx(float(found.got))
    bias = namespace["bias"][found.index[1]].item() if "bias" in namespace else 0.0
    kernels = namespace["weight"][found.index[1]].tolist()
    shown = [
        [[0.0 if entry == "·" else float(entry) for entry in row] for row in table] for table in found.window.channels
    ]
    products = torch.tensor(shown) * torch.tensor(kernels)
    assert products.sum().item() + bias == pytest.approx(float(found.expected))


def test_another_shape_has_no_window(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    found = example(judge(next(answer.source for answer in exercise.wrong if answer.path.stem == "padding_ignored")))
    assert (found.index, found.window) == ((), None)


def test_a_window_at_the_edge_shows_the_padding(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    found = example(judge(changed(("(q, q, p, p))", "(q, q, p, p), value=1.0)"))))
    assert found.window is not None
    assert found.window.says.endswith("; · is padding")
    assert "·" in found.window.channels[0][0]


def test_a_dtype_a_shape_and_a_changed_argument_are_said_in_words(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    found = first_failed(judge(changed(("return output if", "return output.float() if"))))
    assert found.message == "the output is of dtype torch.float32; expected torch.float64"
    found = first_failed(judge(changed(("return output if", "return output[0] if"))))
    assert found.message == "the output has shape (1, 2, 3); expected (1, 1, 2, 3)"
    found = first_failed(judge(changed(("x = pad(", "weight += 1\n    x = pad("))))
    assert found.message == "your code changes its weight in place; the caller still needs it as it was"
