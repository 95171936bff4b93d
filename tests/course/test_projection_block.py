"""Exercise 25, the projection block: its figures, its reference, and what gets a name."""

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

SLUG = "projection-block"

# n, in_channels, hidden_channels, out_channels, h, w, options
SIZES: list[tuple[int, int, int, int, int, int, dict[str, int]]] = [
    (2, 3, 5, 4, 9, 6, {}),
    (1, 4, 2, 4, 5, 5, {"stride": 1}),
    (3, 2, 2, 5, 10, 7, {"stride": 3}),
    (1, 5, 1, 1, 8, 11, {"stride": 4}),
]


def made(exercise: Exercise, *channels: int, **options: int) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    module: nn.Module = namespace["ProjectionBlock"](*channels, **options).double()
    return module


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def wrong(exercise: Exercise, stem: str) -> str:
    return next(answer.source for answer in exercise.wrong if answer.path.stem == stem)


def test_every_shape_of_the_slides_block_is_in_the_lesson(exercise: Exercise) -> None:
    block = made(exercise, 3, 10, 3).float()
    x = torch.zeros(128, 3, 64, 64)
    with torch.no_grad():
        hidden = next(block.children())(x[:2])
        shapes = [x[:2], hidden, block.conv2(hidden), block.shortcut(x[:2]), block(x[:2])]  # type: ignore[operator]
    assert [tuple(tensor.shape[1:]) for tensor in shapes] == [(3, 64, 64), (10, 64, 64), *[(3, 32, 32)] * 3]
    drawing = exercise.lesson().partition("## The block, with every shape")[2].partition("## Why")[0]
    for shape, times in (("[128,3,64,64]", 2), ("[128,10,64,64]", 2), ("[128,3,32,32]", 4)):
        assert drawing.count(shape) == times


def test_the_lesson_counts_the_parameters_right(exercise: Exercise) -> None:
    counts = [layer.weight.numel() + layer.bias.numel() for layer in made(exercise, 3, 10, 3).children()]  # type: ignore[operator]
    assert counts == [280, 273, 84]
    assert sum(counts) == 637
    for figure in (*counts, 637):
        assert str(figure) in exercise.lesson()


def test_the_lessons_table_of_sizes_is_right(exercise: Exercise) -> None:
    for stride, expected in ((2, "1 1 2 2 3 3 4 4"), (3, "1 1 1 2 2 2 3 3")):
        conv = nn.Conv2d(1, 1, 3, stride, 1)
        assert " ".join(str(conv(torch.zeros(1, 1, h, 1)).shape[2]) for h in range(1, 9)) == expected
        assert expected in exercise.lesson()


def test_the_lessons_windows_are_centred_where_they_are_drawn() -> None:
    centre = torch.zeros(1, 1, 3, 3)
    centre[0, 0, 1, 1] = 1
    columns = torch.arange(5.0).expand(1, 1, 5, 5)
    assert conv2d(columns, centre, stride=2, padding=1)[0, 0, 0].tolist() == [0, 2, 4]


@pytest.mark.parametrize(("n", "channels", "hidden", "out", "h", "w", "options"), SIZES)
def test_the_reference_is_the_formula(
    exercise: Exercise, n: int, channels: int, hidden: int, out: int, h: int, w: int, options: dict[str, int]
) -> None:
    rng = torch.Generator().manual_seed(n + h)
    block, stride = made(exercise, channels, hidden, out, **options), options.get("stride", 2)
    w1, b1, w2, b2, ws, bs = parameters = list(block.parameters())
    x = torch.randn(n, channels, h, w, generator=rng, dtype=torch.float64, requires_grad=True)
    residual = conv2d(conv2d(x, w1, b1, padding=1).clamp(min=0), w2, b2, stride, 1)
    expected = (residual + conv2d(x, ws, bs, stride, 1)).clamp(min=0)
    output = block(x)
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
    assert output.shape == (n, out, (h - 1) // stride + 1, (w - 1) // stride + 1)
    grad_output = torch.randn(output.shape, generator=rng, dtype=torch.float64)
    own = torch.autograd.grad(output, [x, *parameters], grad_output)
    its = torch.autograd.grad(expected, [x, *parameters], grad_output)
    torch.testing.assert_close(own, its, rtol=1e-12, atol=1e-12)


def test_the_explanation_is_right(exercise: Exercise) -> None:
    rng = torch.Generator().manual_seed(1)
    block = made(exercise, 3, 2, 4)
    w1, b1, w2, b2, ws, bs = block.parameters()
    x = torch.randn(2, 3, 7, 6, generator=rng, dtype=torch.float64)
    h = conv2d(x, w1, b1, padding=1).clamp(min=0)
    one = conv2d(torch.cat([h, x], 1), torch.cat([w2, ws], 1), b2 + bs, stride=2, padding=1)
    torch.testing.assert_close(one.clamp(min=0), block(x), rtol=1e-12, atol=1e-12)
    block(x).sum().backward()
    torch.testing.assert_close(b2.grad, bs.grad)


# Which of the two stands first decides what PyTorch says of sizes that do not fit.
@pytest.mark.parametrize(
    ("stem", "check"),
    [
        ("stride_missing_on_conv2", "small"),
        ("stride_missing_on_shortcut", "small"),
        ("stride_on_both_convs", "small"),
        ("stride_on_conv1", "small"),
        ("padding_missing", "small"),
        ("padding_missing_on_conv1", "small"),
        ("padding_missing_on_conv2", "small"),
        ("padding_missing_on_shortcut", "small"),
        ("shortcut_through_conv2", "small"),
        ("final_relu_missing", "small"),
    ],
)
def test_a_mistake_has_its_name_whichever_path_stands_first(
    exercise: Exercise, judge: Callable[..., Verdict], stem: str, check: str
) -> None:
    source = wrong(exercise, stem)
    swapped = source.replace("out + self.shortcut(x)", "self.shortcut(x) + out").replace(
        "out + self.conv2(x)", "self.conv2(x) + out"
    )
    assert swapped != source
    verdict = judge(swapped)
    assert first_failed(verdict).id == check
    assert verdict.misconception == stem.replace("_", "-")


@pytest.mark.parametrize(
    ("layer", "call"),
    [
        ("nn.Identity()", "self.shortcut(x)"),
        ("nn.AvgPool2d(stride, ceil_mode=True)", "self.shortcut(x)"),
        ("nn.MaxPool2d(1, stride)", "self.shortcut(x)"),
        ("self.conv2", "self.shortcut(x)"),
    ],
)
def test_every_shortcut_without_weights_of_its_own_gets_the_same_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], layer: str, call: str
) -> None:
    made_as = "nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1)"
    verdict = judge(changed((made_as, layer), ("self.shortcut(x)", call)))
    assert first_failed(verdict).id == "construct"
    assert verdict.misconception == "projection-missing"


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("torch.relu(residual + self", "nn.functional.leaky_relu(residual + self", "small"),
        ("torch.relu(residual + self", "torch.sigmoid(residual + self", "small"),
        ("torch.relu(residual + self.shortcut(x))", "torch.relu(residual + self.shortcut(x)) + 1e-6", "small"),
        ("residual + self.shortcut(x)", "0.5 * residual + self.shortcut(x)", "small"),
        ("residual + self.shortcut(x)", "residual * self.shortcut(x)", "small"),
        ("h = torch.relu(self.conv1(x))", "h = torch.tanh(self.conv1(x))", "small"),
        ("h = torch.relu(self.conv1(x))", "h = torch.relu(self.conv1(x)).flip(-1)", "small"),
        ("self.shortcut(x)", "self.shortcut(x.flip(1))", "small"),
        ("self.shortcut(x)", "self.shortcut(x.mean(0, keepdim=True).expand_as(x))", "small"),
        ("self.conv1(x)", "self.conv1(x.detach())", "gradients"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], old: str, new: str, check: str
) -> None:
    verdict = judge(changed((old, new)))
    assert first_failed(verdict).id == check
    assert verdict.misconception is None


@pytest.mark.parametrize(
    "changes",
    [
        [("torch.relu(self.conv1(x))", "self.conv1(x)"), ("torch.relu(residual + ", "(residual + ")],
        [("torch.relu(self.conv1(x))", "self.conv1(x)"), ("residual + self", "residual - self")],
        [("out_channels, kernel_size=3, stride=stride, padding=1)\n\n", "out_channels, kernel_size=3, padding=1)\n\n"),
         ("torch.relu(residual + ", "(residual + ")],
    ],
)  # fmt: skip
def test_two_mistakes_at_once_get_no_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]]
) -> None:
    verdict = judge(changed(*changes))
    assert not verdict.passed
    assert verdict.misconception is None


@pytest.mark.parametrize("cut", ["self.shortcut(x).detach()", "self.shortcut(x).data"])
def test_every_way_to_cut_the_shortcut_off_has_its_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], cut: str
) -> None:
    verdict = judge(changed(("self.shortcut(x)", cut)))
    assert {check.id for check in verdict.checks if check.status != "pass"} == {"gradients"}
    assert verdict.misconception == "shortcut-without-graph"


def test_parameters_that_do_not_fit_are_listed_on_both_sides(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    shortcut = "self.shortcut = nn.Conv2d(in_channels, out_channels, kernel_size="
    failed = first_failed(judge(changed((f"{shortcut}3", f"{shortcut}1"))))
    assert failed.id == "construct"
    assert failed.message == (
        "the parameters of ProjectionBlock(1, 1, 1, stride=1) do not fit. Asked for, in this order: "
        "(1, 1, 3, 3), (1,), (1, 1, 3, 3), (1,), (1, 1, 3, 3), (1,). "
        "Yours: conv1.weight (1, 1, 3, 3), conv1.bias (1,), conv2.weight (1, 1, 3, 3), conv2.bias (1,), "
        "shortcut.weight (1, 1, 1, 1), shortcut.bias (1,)"
    )


def test_a_counterexample_can_be_pasted(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    source = wrong(exercise, "inner_relu_missing")
    example = first_failed(judge(source)).counterexample
    assert example is not None
    namespace: dict[str, Any] = {}
    exec(f"{source}\n{example.python}", namespace)
    assert namespace["output"][example.index].item() == pytest.approx(float(example.got))


def test_stretching_is_said_to_be_another_shape(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    failed = first_failed(judge(wrong(exercise, "stride_missing_on_shortcut")))
    assert (failed.id, failed.message) == ("small", "the output has shape (1, 1, 1, 2); expected (1, 1, 1, 1)")
