"""Exercise 24, the residual block: its figures, its reference, and what gets a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "residual-block"


def made(exercise: Exercise, channels: int, hidden: int) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    module: nn.Module = namespace["ResidualBlock"](channels, hidden).double()
    return module


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def wrong(exercise: Exercise, stem: str) -> str:
    return next(answer.source for answer in exercise.wrong if answer.path.stem == stem)


def test_every_shape_of_the_slides_block_is_in_the_lesson(exercise: Exercise) -> None:
    block, x = made(exercise, 3, 10), torch.zeros(2, 3, 64, 64, dtype=torch.float64)
    with torch.no_grad():
        hidden = next(block.children())(x)
        assert (hidden.shape[1:], block(x).shape[1:]) == ((10, 64, 64), (3, 64, 64))
    drawing = exercise.lesson().partition("## The block")[2].partition("## Why")[0]
    assert (drawing.count("[128,3,64,64]"), drawing.count("[128,10,64,64]")) == (5, 2)


def test_the_lessons_three_values_are_right() -> None:
    x, residual = torch.tensor([3.0, -2, -2]), torch.tensor([-1, 0.5, 3])
    assert (x + residual).tolist() == [2, -1.5, 1]
    assert torch.relu(x + residual).tolist() == [2, 0, 1]


@pytest.mark.parametrize(("n", "channels", "hidden", "h", "w"), [(2, 3, 7, 9, 4), (1, 5, 2, 1, 8), (4, 1, 3, 6, 6)])
def test_the_reference_is_the_formula(exercise: Exercise, n: int, channels: int, hidden: int, h: int, w: int) -> None:
    rng = torch.Generator().manual_seed(n)
    block = made(exercise, channels, hidden)
    w1, b1, w2, b2 = parameters = list(block.parameters())
    x = torch.randn(n, channels, h, w, generator=rng, dtype=torch.float64, requires_grad=True)
    expected = (x + conv2d(conv2d(x, w1, b1, padding=1).clamp(min=0), w2, b2, padding=1)).clamp(min=0)
    output = block(x)
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
    grad_output = torch.randn(output.shape, generator=rng, dtype=torch.float64)
    own = torch.autograd.grad(output, [x, *parameters], grad_output)
    its = torch.autograd.grad(expected, [x, *parameters], grad_output)
    torch.testing.assert_close(own, its, rtol=1e-12, atol=1e-12)


def test_the_explanations_zeros_give_relu(exercise: Exercise) -> None:
    block, x = made(exercise, 3, 4), torch.randn(2, 3, 5, 4, dtype=torch.float64)
    *_, w2, b2 = block.parameters()
    nn.init.zeros_(w2)
    nn.init.zeros_(b2)
    assert torch.equal(block(x), torch.relu(x))


# Which of the two stands first decides what PyTorch says of sizes that do not fit.
@pytest.mark.parametrize("stem", ["padding_missing", "same_conv_twice", "inner_relu_missing", "relu_before_conv1"])
def test_a_mistake_has_its_name_whichever_path_stands_first(
    exercise: Exercise, judge: Callable[..., Verdict], stem: str
) -> None:
    source = wrong(exercise, stem)
    assert "out + x" in source
    verdict = judge(source.replace("out + x", "x + out"))
    assert first_failed(verdict).id == "forward"
    assert verdict.misconception == stem.replace("_", "-")


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ([("torch.relu(x + residual)", "nn.functional.softplus(x + residual)")], "forward"),
        ([("x + residual", "x * residual")], "forward"),
        ([("x + residual", "x.flip(1) + residual")], "forward"),
        ([("self.conv2(h)", "self.conv2(h.mT).mT")], "forward"),
        ([("self.conv1(x)", "self.conv1(x.detach())")], "gradients"),
        ([("torch.relu(self.conv1(x))", "self.conv1(x)"), ("x + residual", "x - residual")], "forward"),
        ([("torch.relu(x + residual)", "x + residual"), ("x + residual", "2 * x + residual")], "forward"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]], check: str
) -> None:
    verdict = judge(changed(*changes))
    assert first_failed(verdict).id == check
    assert verdict.misconception is None


def test_what_does_not_fit_is_listed_on_both_sides(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    failed = first_failed(judge(changed(("nn.Conv2d(hidden_channels,", "nn.Conv2d(2 * hidden_channels,"))))
    assert failed.message == (
        "the parameters of ResidualBlock(1, 1) do not fit. Asked for, in this order: "
        "(1, 1, 3, 3), (1,), (1, 1, 3, 3), (1,). "
        "Yours: conv1.weight (1, 1, 3, 3), conv1.bias (1,), conv2.weight (1, 2, 3, 3), conv2.bias (1,)"
    )
