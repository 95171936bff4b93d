"""Exercise 5: its figures, its reference, and what a learner is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "pool2d"
IMAGE = [
    [3, 2, 1, 0, 0, 3],
    [0, 3, 3, 1, 1, 0],
    [3, 1, 4, 1, 1, 0],
    [2, 4, 1, 1, 0, 4],
    [1, 0, 3, 0, 3, 0],
    [3, 4, 4, 3, 3, 4],
]
SIZES: list[tuple[tuple[int, ...], Any, Any, Any]] = [
    ((1, 1, 6, 6), 2, None, 0),
    ((2, 3, 5, 7), 3, None, 1),
    ((1, 2, 7, 6), (3, 2), 2, (1, 1)),
    ((3, 1, 4, 9), (1, 4), (2, 1), (0, 2)),
    ((2, 2, 6, 5), (4, 3), (1, 3), (2, 0)),
    ((1, 4, 3, 8), (3, 8), None, 0),
    ((2, 1, 5, 4), 2, (3, 1), (1, 0)),
]


def functions(answer: Answer) -> dict[str, Callable[..., torch.Tensor]]:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    return {name: namespace[name] for name in ("max_pool2d", "avg_pool2d")}


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def named(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


@pytest.mark.parametrize(
    ("name", "kernel_size", "expected"),
    [
        ("max_pool2d", 2, [[3, 3, 3], [4, 4, 4], [4, 4, 4]]),
        ("max_pool2d", (3, 2), [[3, 4, 3], [4, 4, 4]]),
        ("avg_pool2d", 2, [[2, 1.25, 1], [2.5, 1.75, 1.25], [2, 2.5, 2.5]]),
        ("avg_pool2d", (3, 2), [[2, 1.6667, 0.8333], [1.8333, 1.6667, 1.3333]]),
    ],
)
def test_the_slides_poolings(exercise: Exercise, name: str, kernel_size: Any, expected: list[list[float]]) -> None:
    x = torch.tensor(IMAGE, dtype=torch.float64)[None, None]
    for answer in (exercise.reference_answer, exercise.oracle_answer):
        output = functions(answer)[name](x, kernel_size, stride=2)
        assert [[round(entry, 4) for entry in row] for row in output[0, 0].tolist()] == expected


@pytest.mark.parametrize(("shape", "kernel_size", "stride", "padding"), SIZES)
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_the_reference_is_pytorchs_pooling(
    exercise: Exercise, name: str, shape: Any, kernel_size: Any, stride: Any, padding: Any
) -> None:
    rng = torch.Generator().manual_seed(sum(shape))
    x = (torch.randn(shape, generator=rng, dtype=torch.float64) - 1).requires_grad_()
    expected = getattr(nn.functional, name)(x, kernel_size, stride, padding)
    output = functions(exercise.reference_answer)[name](x, kernel_size, stride, padding)
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
    grad_output = torch.randn(expected.shape, generator=rng, dtype=torch.float64)
    own = torch.autograd.grad(output, x, grad_output)
    its = torch.autograd.grad(expected, x, grad_output)
    torch.testing.assert_close(own, its, rtol=1e-12, atol=1e-12)


def test_the_lessons_window_at_the_edge() -> None:
    x = torch.tensor([[[[-3.0]]]])
    assert nn.functional.max_pool2d(x, 2, stride=2, padding=1).tolist() == [[[[-3]]]]
    assert nn.functional.avg_pool2d(x, 2, stride=2, padding=1).tolist() == [[[[-0.75]]]]
    uncounted = nn.functional.avg_pool2d(x, 2, stride=2, padding=1, count_include_pad=False)
    assert uncounted.tolist() == [[[[-3]]]]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("max_pool2d", "torch.max_pool2d(x, kernel_size)"),
        ("max_pool2d", "torch.nn.MaxPool2d(kernel_size)(x)"),
        ("max_pool2d", "torch.nn.functional.max_pool3d(x, (1, kernel_size, kernel_size))"),
        ("max_pool2d", "torch.nn.functional.max_pool2d(x, kernel_size, return_indices=True)[0]"),
        ("avg_pool2d", "torch.nn.AvgPool2d(kernel_size)(x)"),
        ("avg_pool2d", "torch.nn.functional.avg_pool3d(x, (1, kernel_size, kernel_size))"),
        ("avg_pool2d", "torch._C._nn.avg_pool2d(x, kernel_size)"),
    ],
)
def test_pytorchs_own_poolings_are_named_as_forbidden(
    judge: Callable[..., Verdict], changed: Callable[..., str], name: str, call: str
) -> None:
    own = f"\n\ndef {name}(x, kernel_size, stride=None, padding=0):\n    return {call}\n"
    verdict = judge(changed() + own)
    failed = first_failed(verdict)
    assert (verdict.verdict, failed.id) == ("fail", f"{name[:3]}_window")
    assert failed.message.startswith(f"torch.nn.functional.{name} may not be used here")
    assert verdict.misconception == f"{name[:3]}-pytorch-asked"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (".amax(dim=(-2, -1))", ".amax(dim=(-2, -1)) + 1e-6"),
        (".amax(dim=(-2, -1))", ".abs().amax(dim=(-2, -1))"),
        (".amax(dim=(-2, -1))", ".flatten(-2).median(dim=-1).values"),
        (".amax(dim=(-2, -1))", "[..., 0, 0]"),
        ("around=-torch.inf", "around=-1000.0"),
        (".mean(dim=(-2, -1))", ".sum(dim=(-2, -1)) / (k := 3)"),
        (".mean(dim=(-2, -1))", ".abs().mean(dim=(-2, -1))"),
        ("around=0.0", "around=1.0"),
    ],
)
def test_what_is_nobodys_pattern_gets_no_false_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], old: str, new: str
) -> None:
    verdict = judge(changed((old, new)))
    assert not verdict.passed
    assert verdict.misconception is None


def test_a_mistake_that_both_share_is_named_for_each(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    verdict = judge(changed(("(q, q, p, p)", "(p, p, q, q)")))
    assert named(verdict) == {"max_padding": "max-padding-axes-swapped", "avg_padding": "avg-padding-axes-swapped"}
    verdict = judge(changed(("_pair(kernel_size if stride is None else stride)", "_pair(stride or 1)")))
    assert named(verdict) == {"max_window": "max-stride-default", "avg_window": "avg-stride-default"}


def test_a_function_that_is_not_written_yet_hides_no_mistake_in_the_other(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    unwritten = "\n\ndef avg_pool2d(x, kernel_size, stride=None, padding=0):\n    raise NotImplementedError\n"
    verdict = judge(changed(("around=-torch.inf", "around=0.0")) + unwritten)
    assert named(verdict) == {"max_padding": "max-padding-zeros", "avg_window": None}
    assert verdict.misconception == "max-padding-zeros"


@pytest.mark.parametrize("name", ["max", "avg"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_window_of_a_counterexample_is_what_the_expected_value_comes_from(
    judge: Callable[..., Verdict], changed: Callable[..., str], name: str, seed: int
) -> None:
    source = changed(("around=-torch.inf", "around=5.0"), ("around=0.0", "around=5.0"))
    checks = {check.id: check for check in judge(source, seed).checks}
    found = checks[f"{name}_padding"].counterexample
    assert found is not None
    assert found.window is not None
    (table,) = found.window.channels
    assert any("·" in row for row in table)
    assert found.window.says.startswith(f"x[{found.index[0]}, {found.index[1]}], rows ")
    shown = [float(entry) for row in table for entry in row if entry != "·"]
    expected = max(shown) if name == "max" else sum(shown) / sum(map(len, table))
    assert expected == pytest.approx(float(found.expected))
    namespace: dict[str, Any] = {}
    exec(source + found.python, namespace)
    assert namespace["output"][found.index].item() == pytest.approx(float(found.got))
