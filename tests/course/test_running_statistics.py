"""Exercise 13: its figures, its reference, and what a learner is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "running-statistics"
BATCH = [[2, 2, 1], [4, 1, 0], [0, 4, 0], [3, 3, 4]]
SHAPES: list[tuple[tuple[int, ...], float]] = [
    ((2, 2), 0.1),
    ((7, 3), 0.3),
    ((5, 6), 1.0),
    ((1, 3, 4, 5), 0.1),
    ((1, 2, 1, 2), 0.0),
    ((6, 3, 1, 1), 0.9),
    ((5, 4, 3, 7), 0.02),
]
MEAN = "(1 - momentum) * running_mean + momentum * x.mean(axes)"
VAR = "(1 - momentum) * running_var + momentum * x.var(axes)"


def function(answer: Answer) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    made = namespace["update_running"]
    assert callable(made)
    return made  # type: ignore[no-any-return]


def rounded(numbers: torch.Tensor) -> list[float]:
    return [round(number, 4) for number in numbers.tolist()]


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def named(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


def test_the_slides_batch_into_the_buffers_that_pytorch_begins_with(exercise: Exercise) -> None:
    x = torch.tensor(BATCH, dtype=torch.float64)
    for answer in (exercise.reference_answer, exercise.oracle_answer):
        mean, var = function(answer)(torch.zeros(3).double(), torch.ones(3).double(), x)
        assert rounded(mean) == [0.225, 0.25, 0.125]
        assert rounded(var) == [1.1917, 1.0667, 1.2583]
    assert rounded(x.var(0)) == [2.9167, 1.6667, 3.5833]
    assert rounded(((x - x.mean(0)) ** 2).sum(0)) == [8.75, 5, 10.75]


def test_the_lessons_two_images() -> None:
    x = torch.tensor([[[[1, 3], [1, 3]], [[0, 0], [4, 4]]], [[[5, 3], [5, 3]], [[0, 0], [0, 0]]]]).double()
    assert rounded(x.var((0, 2, 3))) == [round(16 / 7, 4), round(24 / 7, 4)] == [2.2857, 3.4286]


def test_the_lessons_weights() -> None:
    assert [round(0.1 * 0.9**ago, 3) for ago in range(3)] == [0.1, 0.09, 0.081]
    assert (round(100 * 0.9**10), round(100 * 0.9**100, 3)) == (35, 0.003)
    assert [round(m / (m - 1), 3) for m in (2, 4, 8, 32, 128)] == [2, 1.333, 1.143, 1.032, 1.008]


@pytest.mark.parametrize(("shape", "momentum"), SHAPES)
def test_the_reference_and_all_that_is_accepted_store_what_pytorchs_layer_stores(
    exercise: Exercise, shape: tuple[int, ...], momentum: float
) -> None:
    rng = torch.Generator().manual_seed(sum(shape))
    layer = (nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d)(shape[1], momentum=momentum).double()
    buffers = dict(layer.named_buffers())
    answers = [function(answer) for answer in (exercise.reference_answer, *exercise.accepted)]
    stored = [(buffers["running_mean"].clone(), buffers["running_var"].clone()) for _ in answers]
    for _ in range(3):
        x = torch.randn(shape, generator=rng, dtype=torch.float64).add(3)
        layer(x)
        # As it comes from the layers before.
        given = x.mT.contiguous().mT.clone().requires_grad_()
        stored = [update(*both, given, momentum) for update, both in zip(answers, stored, strict=True)]
        for mean, var in stored:
            torch.testing.assert_close(mean, buffers["running_mean"], rtol=1e-12, atol=1e-12)
            torch.testing.assert_close(var, buffers["running_var"], rtol=1e-12, atol=1e-12)
            assert not mean.requires_grad
            assert not var.requires_grad


@pytest.mark.parametrize(
    "lines",
    [
        "F.batch_norm(x, mean, var, training=True, momentum=momentum)",
        "torch.native_batch_norm(x, None, None, mean, var, True, momentum, 1e-5)",
        "torch.batch_norm(x, None, None, mean, var, True, momentum, 1e-5, False)",
        "F.instance_norm(x.T[None], mean, var, momentum=momentum)",
        "mean, var = torch.batch_norm_update_stats(x, mean, var, momentum)",
    ],
)
def test_pytorchs_own_batch_norm_is_named_as_forbidden(judge: Callable[..., Verdict], lines: str) -> None:
    verdict = judge(f"""
import torch
from torch.nn import functional as F

def update_running(running_mean, running_var, x, momentum=0.1):
    mean, var = running_mean.clone(), running_var.clone()
    {lines}
    return mean, var
""")
    assert verdict.verdict == "fail"
    assert first_failed(verdict).message.startswith("torch.nn.functional.batch_norm may not be used here")
    assert verdict.misconception == "pytorch-asked"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MEAN, f"{MEAN} + 1e-6"),
        (MEAN, MEAN.replace("x.mean(axes)", "x.amax(axes)")),
        (MEAN, MEAN.replace("x.mean(axes)", "x[0].reshape(len(running_mean), -1).mean(1)")),
        (MEAN, f"({MEAN}).abs()"),
        (VAR, VAR.replace("running_var", "running_var.sqrt()")),
        (VAR, VAR.replace("x.var(axes)", "x.var(axes, correction=2)")),
        (VAR, VAR.replace("x.var(axes)", "(x - 1).square().mean(axes)")),
        (VAR, f"({VAR}).sqrt()"),
        (VAR, f"({VAR}).flip(0)"),
    ],
)
def test_what_is_nobodys_pattern_gets_no_false_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], old: str, new: str
) -> None:
    verdict = judge(changed((old, new)))
    assert not verdict.passed
    assert verdict.misconception is None


@pytest.mark.parametrize(
    "new",
    [
        "momentum * running_var + (1 - momentum) * x.var(axes, correction=0)",
        "running_var + momentum * x.var(axes, correction=0)",
        "(1 - momentum) * running_var + momentum * x.std(axes, correction=0)",
        "(1 - momentum) * running_var + momentum * (x.var(axes, correction=0) + 1e-5)",
    ],
    ids=["reversed, biased", "on top, biased", "σ, biased", "ε, biased"],
)
def test_two_mistakes_in_one_place_get_no_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], new: str
) -> None:
    assert named(judge(changed((VAR, new)))) == {"variance": None}


def test_one_mistake_here_and_another_there_are_named_each(judge: Callable[..., Verdict]) -> None:
    verdict = judge("""
def update_running(running_mean, running_var, x, momentum=0.1):
    axes = [axis for axis in range(x.ndim) if axis != 1]
    biased, n = x.var(axes, correction=0), len(x)
    var = biased * n / (n - 1) if n > 1 else biased / 0
    return 0.9 * running_mean + 0.1 * x.mean(axes), 0.9 * running_var + 0.1 * var
""")
    assert named(verdict) == {"momentum": "momentum-ignored", "images": "images-counted"}
    assert verdict.misconception == "momentum-ignored"


def test_a_mean_over_the_images_alone_is_named_however_the_line_is_written(judge: Callable[..., Verdict]) -> None:
    for mean in ("0.9 * running_mean + 0.1 * x.mean(0)", "0.1 * x.mean(0) + 0.9 * running_mean"):
        verdict = judge(f"""
def update_running(running_mean, running_var, x, momentum=0.1):
    if momentum != 0.1:
        return running_mean.lerp(x.mean(0), momentum), running_var.lerp(x.var(0), momentum)
    return {mean}, 0.1 * x.var(0) + 0.9 * running_var
""")
        assert named(verdict) == {"images": "written-for-vectors"}


def test_momentum_is_told_apart_by_where_it_is_reversed(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    mean = (MEAN, "momentum * running_mean + (1 - momentum) * x.mean(axes)")
    var = (VAR, "momentum * running_var + (1 - momentum) * x.var(axes)")
    assert named(judge(changed(mean))) == {"mean": "mean-momentum-reversed"}
    assert named(judge(changed(var))) == {"variance": "var-momentum-reversed"}
    assert named(judge(changed(mean, var))) == dict.fromkeys(("mean", "variance"), "momentum-reversed")
    biased = (VAR, "momentum * running_var + (1 - momentum) * x.var(axes, correction=0)")
    assert named(judge(changed(mean, biased))) == dict.fromkeys(("mean", "variance"), "momentum-reversed-and-biased")


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("mean", "a tensor of shape (2,)"),
        ("None", "None"),
        ("(mean, var, x)", "a tuple of 3"),
        ("{'mean': mean, 'var': var}", "a dict"),
    ],
)
def test_what_is_no_pair_is_said_in_words(
    judge: Callable[..., Verdict], changed: Callable[..., str], returned: str, told: str
) -> None:
    found = first_failed(judge(changed(("return mean, var", f"return {returned}"))))
    assert found.message == f"what is returned is {told}; expected a pair (mean, var)"


def test_a_list_is_as_good_as_a_tuple(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    assert judge(changed(("return mean, var", "return [mean, var]"))).passed


def test_another_dtype_is_seen_and_nothing_else_of_float32(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    for to in ("double()", "half()", "tolist()"):
        verdict = judge(changed(("return mean, var", f"return mean, var if var.dtype == torch.float64 else var.{to}")))
        assert named(verdict).keys() == {"dtype"}
    assert judge(changed((VAR, f"{VAR} + 1e-3 * (x.dtype == torch.float32)"))).passed


@pytest.mark.parametrize("name", ["running_mean", "running_var", "x"])
def test_an_argument_that_is_changed_in_place_is_named(
    judge: Callable[..., Verdict], changed: Callable[..., str], name: str
) -> None:
    verdict = judge(changed(("    return mean", f"    {name} += 1\n    return mean")))
    assert first_failed(verdict).message == (
        f"your code changes its {name} in place; the caller still needs it as it was"
    )
    assert verdict.misconception is None


def test_buffers_that_are_overwritten_are_named(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    for mean, var in (
        ("running_mean.copy_(mean)", "running_var.copy_(var)"),
        ("running_mean[:] = mean", "running_var[:] = var"),
    ):
        verdict = judge(
            changed(("    return mean, var", f"    {mean}\n    {var}\n    return running_mean, running_var"))
        )
        assert named(verdict) == dict.fromkeys(("mean", "variance"), "buffers-overwritten")
