"""Exercise 12: its figures, its reference, and what a learner is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "batch-norm-train"
BATCH = [[2, 2, 1], [4, 1, 0], [0, 4, 0], [3, 3, 4]]
SHAPES: list[tuple[tuple[int, ...], float]] = [
    ((2, 1), 1e-5),
    ((6, 5), 1e-5),
    ((7, 3), 1.5),
    ((1, 3, 4, 5), 1e-5),
    ((1, 2, 1, 2), 0.1),
    ((6, 3, 1, 1), 1e-5),
    ((5, 4, 3, 7), 1e-3),
]
OUTPUT = "gamma.reshape(mean.shape) * normalised + beta.reshape(mean.shape)"
AXES = "[axis for axis in range(x.ndim) if axis != 1]"


def function(answer: Answer) -> Callable[..., torch.Tensor]:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    made = namespace["batch_norm"]
    assert callable(made)
    return made  # type: ignore[no-any-return]


def rounded(numbers: torch.Tensor) -> list[float]:
    return [round(number, 4) for number in numbers.tolist()]


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def failed(verdict: Verdict) -> dict[str, str]:
    return {check.id: check.status for check in verdict.checks if check.status in ("fail", "error")}


def named(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


def test_the_slides_batch(exercise: Exercise) -> None:
    x = torch.tensor(BATCH, dtype=torch.float64)
    for answer in (exercise.reference_answer, exercise.oracle_answer):
        output = function(answer)(x, torch.ones(3).double(), torch.zeros(3).double())
        assert [rounded(row) for row in output] == [
            [-0.1690, -0.4472, -0.1525],
            [1.1832, -1.3416, -0.7625],
            [-1.5213, 1.3416, -0.7625],
            [0.5071, 0.4472, 1.6775],
        ]
    assert rounded(x.mean(0)) == [2.25, 2.5, 1.25]
    assert rounded(x.var(0, correction=0)) == [2.1875, 1.25, 2.6875]
    assert rounded(x.std(0, correction=0)) == [1.4790, 1.1180, 1.6394]


@pytest.mark.parametrize(("shape", "eps"), SHAPES)
def test_the_reference_and_all_that_is_accepted_are_pytorchs_batch_norm(
    exercise: Exercise, shape: tuple[int, ...], eps: float
) -> None:
    rng = torch.Generator().manual_seed(sum(shape))
    x = torch.randn(shape, generator=rng, dtype=torch.float64).add(3).requires_grad_()
    gamma, beta = (torch.randn(shape[1], generator=rng, dtype=torch.float64).requires_grad_() for _ in range(2))
    grad_output = torch.randn(shape, generator=rng, dtype=torch.float64)
    expected = F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    gradients = torch.autograd.grad(expected, [x, gamma, beta], grad_output)
    for answer in (exercise.reference_answer, *exercise.accepted):
        for given in (x, x.transpose(0, 1).contiguous().transpose(0, 1), x.transpose(-1, -2).contiguous().mT):
            output = function(answer)(given, gamma, beta, eps)
            torch.testing.assert_close(output, expected, rtol=1e-10, atol=1e-10)
            own = torch.autograd.grad(output, [x, gamma, beta], grad_output)
            torch.testing.assert_close(own, gradients, rtol=1e-10, atol=1e-10)


def test_the_lessons_two_images() -> None:
    x = torch.tensor([[[[1, 3], [1, 3]], [[0, 0], [4, 4]]], [[[5, 3], [5, 3]], [[0, 0], [0, 0]]]]).double()
    assert rounded(x.mean((0, 2, 3))) == [3, 1]
    assert rounded(x.var((0, 2, 3), correction=0)) == [2, 3]
    assert rounded(x[:, 0].mean((1, 2))) == [2, 4]
    assert rounded(x[:, 0].var((1, 2), correction=0)) == [1, 1]


def test_the_lessons_roots() -> None:
    roots = {variance: (round((variance + 0.1) ** 0.5, 4), round(variance**0.5 + 0.1, 4)) for variance in (2.1875, 0)}
    assert roots == {2.1875: (1.5124, 1.5790), 0: (0.3162, 0.1)}


@pytest.mark.parametrize(
    "body",
    [
        "return F.batch_norm(x, None, None, gamma, beta, True, 0.1, eps)",
        "return torch.nn.BatchNorm1d(x.shape[1], eps=eps).double()(x)",
        "return torch.native_batch_norm(x, gamma, beta, None, None, True, 0.1, eps)[0]",
        "return F.instance_norm(x.T[None], eps=eps)[0].T",
        "return F.layer_norm(x.T, x.shape[:1], eps=eps).T * gamma + beta",
        "return F.group_norm(x.T, 1, eps=eps).T * gamma + beta",
        "return getattr(F, 'batch' + '_norm')(x, None, None, gamma, beta, training=True)",
    ],
)
def test_pytorchs_own_norms_are_named_as_forbidden(judge: Callable[..., Verdict], body: str) -> None:
    head = "import torch\nfrom torch.nn import functional as F\n"
    verdict = judge(f"{head}\n\ndef batch_norm(x, gamma, beta, eps=1e-5):\n    {body}\n")
    found = first_failed(verdict)
    assert (verdict.verdict, found.id) == ("fail", "normalise")
    assert found.message.startswith("torch.nn.functional.batch_norm may not be used here")
    assert verdict.misconception == "pytorch-asked"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(x - mean)", "(x - mean + 1e-6)"),
        ("(x - mean)", "(x - 2 * mean)"),
        ("(x - mean)", "(x - mean).relu()"),
        ("(variance + eps)", "(variance + 2 * eps)"),
        ("(variance + eps)", "(variance - eps).abs()"),
        ("x.mean(axes, keepdim=True)", "x.amax(axes, keepdim=True)"),
        ("x.mean(axes, keepdim=True)", "x[:1].mean(axes, keepdim=True)"),
        (AXES, "[*range(2, x.ndim)] or [1]"),
        ("gamma.reshape", "gamma.flip(0).reshape"),
        ("beta.reshape", "2 * beta.reshape"),
        ("gamma.reshape", "gamma.detach().reshape"),
    ],
)
def test_what_is_nobodys_pattern_gets_no_false_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], old: str, new: str
) -> None:
    verdict = judge(changed((old, new)))
    assert not verdict.passed
    assert verdict.misconception is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("torch.sqrt(variance + eps)", "(variance + eps)"), ("(x - mean)", "(mean - x)")),
        (("correction=0", "correction=1"), ("(x - mean)", "(mean - x)")),
        (("variance + eps", "variance"), ("(x - mean)", "x")),
        ((OUTPUT, "beta.reshape(mean.shape) * normalised"), ("(x - mean)", "(mean - x)")),
    ],
    ids=["no root, wrong sign", "unbiased, wrong sign", "no ε, no mean", "β for γ, wrong sign"],
)
def test_two_mistakes_in_one_place_get_no_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], one: tuple[str, str], other: tuple[str, str]
) -> None:
    verdict = judge(changed(one, other))
    assert not verdict.passed
    assert verdict.misconception is None


def test_one_mistake_here_and_another_there_are_named_each(judge: Callable[..., Verdict]) -> None:
    verdict = judge("""
import torch

def batch_norm(x, gamma, beta, eps=1e-5):
    axes, shape = [(0,), (0, 1, 2, 3)][x.ndim > 2], (1, -1, 1, 1)[:x.ndim]
    var, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
    return gamma.view(shape) * (x - mean) / (var + 1e-5).sqrt() + beta.view(shape)
""")
    assert named(verdict) == {"images": "channels-together", "eps": "eps-ignored"}
    assert verdict.misconception == "channels-together"


def test_gamma_and_beta_along_the_columns_are_named_however_the_line_is_written(judge: Callable[..., Verdict]) -> None:
    for line in ("gamma * x_hat + beta", "beta + x_hat * gamma", "torch.addcmul(beta, x_hat, gamma)"):
        verdict = judge(f"""
import torch

def batch_norm(x, gamma, beta, eps=1e-5):
    var, mean = torch.var_mean(x, (0, 2, 3)[:max(1, x.ndim - 1)], correction=0, keepdim=True)
    x_hat = (x - mean) / (var + eps).sqrt()
    return {line}
""")
        assert named(verdict) == {"images": "parameters-along-columns"}


def test_another_dtype_is_seen_and_nothing_else_of_float32(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    for to in ("double()", "half()", "bool()", "tolist()"):
        other = f"({OUTPUT}).{to} if x.dtype == torch.float32 else {OUTPUT}"
        assert failed(judge(changed((OUTPUT, other)))) == {"dtype": "fail"}
    assert judge(changed((OUTPUT, f"{OUTPUT} + 1e-3 * (x.dtype == torch.float32)"))).passed


def test_a_channel_that_is_the_same_throughout_must_not_spoil_the_gradient(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    verdict = judge(changed(("torch.sqrt(variance + eps)", "torch.sqrt(torch.sqrt(variance) ** 2 + eps)")))
    assert failed(verdict) == {"gradients": "fail"}
    assert verdict.misconception == "root-of-zero"
    assert "nan" in first_failed(verdict).message


def test_what_only_works_on_contiguous_images_is_named(judge: Callable[..., Verdict]) -> None:
    verdict = judge("""
import torch

def batch_norm(x, gamma, beta, eps=1e-5):
    pixels = x.view(*x.shape[:2], -1)
    var, mean = torch.var_mean(pixels, (0, 2), correction=0)
    over = (slice(None),) + (None,) * (x.ndim - 2)
    return gamma[over] * (x - mean[over]) / (var + eps).sqrt()[over] + beta[over]
""")
    assert failed(verdict) == {"images": "error"}
    assert verdict.misconception == "viewed"


def test_a_shape_and_a_changed_argument_are_said_in_words(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    found = first_failed(judge(changed((OUTPUT, f"({OUTPUT})[:1]"))))
    assert found.message == "the output has shape (1, 2); expected (2, 2)"
    found = first_failed(judge(changed(("axes = ", "gamma += 1\n    axes = "))))
    assert found.message == "your code changes its gamma in place; the caller still needs it as it was"
    verdict = judge(changed(("    normalised", "    x -= mean\n    normalised"), ("(x - mean)", "x")))
    assert first_failed(verdict).message == "your code changes its x in place; the caller still needs it as it was"
    assert verdict.misconception == "centred-in-place"
