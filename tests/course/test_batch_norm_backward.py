"""Exercise 16: its worked example, its reference, what it forbids, and what a learner is told."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.autograd.gradcheck import GradcheckError

from tutor.checks.loading import load_checks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Counterexample, Verdict

SLUG = "batch-norm-backward"
SHAPES: list[tuple[int, ...]] = [(2, 1), (2, 4), (7, 3), (6, 5), (1, 2, 3, 4), (4, 3, 1, 1), (5, 2, 2, 3), (3, 4, 5, 2)]
LESSON_X = [[5.0], [0.0], [1.0], [2.0]]
LESSON_G = [[2.0], [-1.0], [0.0], [3.0]]
LESSON_GRAD_X = [[-0.75], [-1.5], [-0.75], [3.0]]


def function(answer: Answer) -> Callable[..., Any]:
    return named_in(answer.source)


def named_in(source: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    exec(compile(source, "batch_norm_backward.py", "exec"), namespace)
    made = namespace["batch_norm_backward"]
    assert callable(made)
    return made  # type: ignore[no-any-return]


def drawn(shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(sum(shape))
    grad_out, x = (torch.randn(shape, generator=rng, dtype=torch.float64) for _ in range(2))
    return grad_out, x, torch.randn(shape[1], generator=rng, dtype=torch.float64)


def forward(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float) -> torch.Tensor:
    return nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def example(verdict: Verdict) -> Counterexample:
    found = first_failed(verdict).counterexample
    assert found is not None
    return found


def failed(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


def wrong(exercise: Exercise, stem: str) -> str:
    return next(answer.source for answer in exercise.wrong if answer.path.stem == stem)


def test_the_lessons_example(exercise: Exercise) -> None:
    x, g, gamma = (torch.tensor(value).double() for value in (LESSON_X, LESSON_G, [3.0]))
    for answer in (exercise.reference_answer, exercise.oracle_answer, *exercise.accepted):
        grad_x, grad_gamma, grad_beta = function(answer)(g, x, gamma, eps=0.5)
        torch.testing.assert_close(grad_x, torch.tensor(LESSON_GRAD_X).double())
        assert (round(grad_gamma.item(), 12), round(grad_beta.item(), 12)) == (4, 4)


def test_every_line_of_the_lessons_example() -> None:
    x, g = (torch.tensor(value).double().flatten() for value in (LESSON_X, LESSON_G))
    mean, d = x.mean(), x - x.mean()
    variance = (d * d).mean()
    s = (variance + 0.5) ** -0.5
    assert d.tolist() == [3, -2, -1, 0]
    assert [mean.item(), variance.item(), s.item()] == [2, 3.5, 0.5]
    x_hat = d * s
    assert x_hat.tolist() == [1.5, -1, -0.5, 0]
    of_x_hat = 3 * g
    assert of_x_hat.tolist() == [6, -3, 0, 9]
    assert (of_x_hat * s).tolist() == [3, -1.5, 0, 4.5]
    of_s = (of_x_hat * d).sum()
    of_variance = of_s * -0.5 * (variance + 0.5) ** -1.5
    assert [of_s.item(), of_variance.item()] == [24, -1.5]
    through_variance = of_variance * 2 * d / 4
    assert through_variance.tolist() == [-2.25, 1.5, 0.75, 0]
    of_d = of_x_hat * s + through_variance
    assert of_d.tolist() == [0.75, 0, 0.75, 4.5]
    of_mean = -of_d.sum()
    assert of_mean == -6
    assert (of_d + of_mean / 4).tolist() == [row[0] for row in LESSON_GRAD_X]
    # The two sums that a learner can test with.
    assert (of_d + of_mean / 4).sum() == 0
    assert ((of_d + of_mean / 4) * x_hat).sum() == 3 / 2 * 4 * 0.5 / 4


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_the_reference_is_autograd_through_pytorchs_batch_norm(
    exercise: Exercise, shape: tuple[int, ...], eps: float
) -> None:
    grad_out, x, gamma = drawn(shape)
    leaves = [x.clone().requires_grad_(), gamma.clone().requires_grad_(), torch.ones_like(gamma).requires_grad_()]
    expected = torch.autograd.grad(forward(leaves[0], leaves[1], leaves[2], eps), leaves, grad_out)
    for answer in (exercise.reference_answer, exercise.oracle_answer):
        for own, its in zip(function(answer)(grad_out, x, gamma, eps), expected, strict=True):
            torch.testing.assert_close(own, its, rtol=1e-11, atol=1e-11)
    assert torch.equal(drawn(shape)[1], x)


@pytest.mark.parametrize("shape", SHAPES[1::2], ids=str)
def test_the_reference_is_what_can_be_measured(exercise: Exercise, shape: tuple[int, ...]) -> None:
    """Every entry moved up and down by a tiny step, without autograd anywhere."""
    grad_out, x, gamma = drawn(shape)
    arguments = [x, gamma, torch.zeros_like(gamma)]
    step = 1e-6
    for which, own in enumerate(function(exercise.reference_answer)(grad_out, x, gamma, 0.1)):
        for place in torch.ones_like(arguments[which]).nonzero().tolist():
            losses = []
            for sign in (1, -1):
                moved = [argument.clone() for argument in arguments]
                moved[which][tuple(place)] += sign * step
                losses.append((forward(moved[0], moved[1], moved[2], 0.1) * grad_out).sum().item())
            assert own[tuple(place)].item() == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=1e-7, rel=1e-7)


def lessons_function(exercise: Exercise) -> str:
    blocks: list[str] = re.findall(r"```\n(.*?)```", exercise.lesson(), re.DOTALL)
    return next(block for block in blocks if block.startswith("class BatchNorm(Function)"))


def with_lessons_function(exercise: Exercise, source: str) -> str:
    head = "\nfrom torch.autograd import Function, gradcheck\nfrom torch.nn.functional import batch_norm\n"
    draw = "\n".join(
        f"{name} = torch.randn({shape}, dtype=torch.float64, requires_grad=True)"
        for name, shape in {"x": "4, 2, 2, 1", "gamma": "2", "beta": "2"}.items()
    )
    return f"{source}{head}{lessons_function(exercise)}{draw}\ngradcheck(BatchNorm.apply, (x, gamma, beta))\n"


def test_gradcheck_as_the_lesson_has_it_tells_right_from_wrong(exercise: Exercise) -> None:
    torch.manual_seed(1)
    named_in(with_lessons_function(exercise, exercise.reference_answer.source))
    for stem in ("statistics_as_constants", "mean_path_missing", "variance_two_missing", "grad_gamma_from_x"):
        with pytest.raises(GradcheckError, match="numerical"):
            named_in(with_lessons_function(exercise, wrong(exercise, stem)))


def test_what_stands_below_main_is_not_run(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    source = exercise.reference_answer.source
    whole = with_lessons_function(exercise, source)
    below = f'{source}\nif __name__ == "__main__":\n{textwrap.indent(whole[len(source) :], "    ")}'
    assert judge(below).passed
    assert judge(whole).message.startswith("torch.nn.functional.batch_norm may not be used here")


OWN_FORWARD = """
import torch

def forward(x, gamma, beta, eps):
    axes, shape = [0, *range(2, x.ndim)], [1, -1] + [1] * (x.ndim - 2)
    x_hat = (x - x.mean(axes, keepdim=True)) / (x.var(axes, keepdim=True, correction=0) + eps).sqrt()
    return gamma.reshape(shape) * x_hat + beta.reshape(shape)

def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    beta = torch.zeros_like(gamma)
    def of(x, gamma, beta):
        return forward(x, gamma, beta, eps)
    def leaves():
        return [tensor.clone().requires_grad_() for tensor in (x, gamma, beta)]
"""


@pytest.mark.parametrize(
    "body",
    [
        "own = leaves()\n    of(*own).backward(grad_out)\n    return [leaf.grad for leaf in own]",
        "own = leaves()\n    return torch.autograd.grad(of(*own), own, grad_out)",
        "with torch.inference_mode(False), torch.enable_grad():\n"
        "        own = leaves()\n        return torch.autograd.grad((of(*own) * grad_out).sum(), own)",
        "return torch.func.vjp(of, x, gamma, beta)[1](grad_out)",
        "return torch.func.grad(lambda *own: (of(*own) * grad_out).sum(), argnums=(0, 1, 2))(x, gamma, beta)",
        "return torch.autograd.functional.vjp(of, (x, gamma, beta), grad_out)[1]",
        "return torch.func.jacfwd(lambda *own: (of(*own) * grad_out).sum(), argnums=(0, 1, 2))(x, gamma, beta)",
    ],
)
def test_autograd_is_named_as_forbidden_however_it_is_asked(judge: Callable[..., Verdict], body: str) -> None:
    verdict = judge(f"{OWN_FORWARD}    {body}\n")
    failed = first_failed(verdict)
    assert (verdict.verdict, failed.id) == ("fail", "grad_beta")
    assert failed.message.startswith("torch.autograd may not be used here")
    assert "line " in failed.message
    assert verdict.misconception == "autograd-used"


@pytest.mark.parametrize(
    "body",
    [
        "own = leaves()\n"
        "    y = torch.nn.functional.batch_norm(own[0], None, None, own[1], own[2], training=True, eps=eps)\n"
        "    return torch.autograd.grad(y, own, grad_out)",
        "axes = [0, *range(2, x.ndim)]\n"
        "    mean, rest = x.mean(axes), (x.var(axes, correction=0) + eps).rsqrt()\n"
        "    return torch.ops.aten.native_batch_norm_backward(\n"
        "        grad_out, x, gamma, None, None, mean, rest, True, eps, [True, True, True])",
    ],
)
def test_pytorchs_own_batch_norm_is_named_as_forbidden(judge: Callable[..., Verdict], body: str) -> None:
    verdict = judge(f"{OWN_FORWARD}    {body}\n")
    failed = first_failed(verdict)
    assert (verdict.verdict, failed.id) == ("fail", "grad_beta")
    assert failed.message.startswith("torch.nn.functional.batch_norm may not be used here")
    assert verdict.misconception == "pytorch-asked"


def test_what_is_recorded_but_not_gone_back_on_is_no_autograd(
    judge: Callable[..., Verdict], exercise: Exercise
) -> None:
    source = exercise.reference_answer.source
    recorded = source.replace("    axes = ", "    x = x.clone().requires_grad_()\n    axes = ", 1)
    assert judge(recorded).passed
    mapped = """
import torch

def of_one_channel(g, x, gamma, eps):
    d = x - x.mean()
    s = torch.rsqrt(torch.dot(d, d) / x.numel() + eps)
    x_hat = d * s
    return gamma * s * (g - g.mean() - x_hat * torch.mean(g * x_hat)), torch.dot(g, x_hat), g.sum()

def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    rows = [t.transpose(0, 1).reshape(t.shape[1], -1) for t in (grad_out, x)]
    grad_x, *others = torch.vmap(of_one_channel, in_dims=(0, 0, 0, None))(*rows, gamma, eps)
    return [grad_x.reshape(x.transpose(0, 1).shape).transpose(0, 1), *others]
"""
    assert judge(mapped).passed


def test_a_measured_gradient_is_too_coarse_and_gets_no_name(judge: Callable[..., Verdict]) -> None:
    verdict = judge(f"""{OWN_FORWARD}
    found = []
    for which, tensor in enumerate((x, gamma, beta)):
        grad = torch.zeros_like(tensor)
        for place in torch.ones_like(tensor).nonzero().tolist():
            moved = [t.clone() for t in (x, gamma, beta)]
            moved[which][tuple(place)] += 1e-4
            grad[tuple(place)] = ((of(*moved) - of(x, gamma, beta)) * grad_out).sum() / 1e-4
        found.append(grad)
    return found
""")
    assert "direct" in failed(verdict)
    assert verdict.misconception is None


@pytest.mark.parametrize(
    "replaced",
    [
        [("grad_x = scale", "grad_x = 1e-6 + scale")],
        [("sum_g.flatten()\n", "sum_g.flatten().abs()\n")],
        [("direct = grad_out", "direct = grad_out.flip(0)")],
        [("through_mean = -sum_g / m", "through_mean = -sum_g / (m + 1)")],
        [("through_variance = -x_hat * sum_gx / m", "through_variance = -x_hat.sign() * sum_gx / m")],
        [("(variance + eps).sqrt()", "(variance + eps)[:, :1].sqrt()")],
        # Two mistakes at once, in one place.
        [("correction=0", "correction=1"), ("(variance + eps).sqrt()", "variance.sqrt()")],
        [("through_mean = -sum_g / m", "through_mean = sum_g"), ("-x_hat * sum_gx / m", "x_hat * sum_gx")],
        [("grad_x = scale * ", "grad_x = "), ("direct = grad_out", "direct = grad_out / m")],
    ],
)
def test_what_is_nobodys_pattern_gets_no_false_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], replaced: list[tuple[str, str]]
) -> None:
    verdict = judge(changed(*replaced))
    assert not verdict.passed
    assert verdict.misconception is None
    assert set(failed(verdict).values()) == {None}


def test_one_mistake_here_and_another_there_are_named_each(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    verdict = judge(changed(
        ("sum_g.flatten()\n", "sum_g.flatten() / m\n"), ("+ through_mean + through_variance", "+ through_mean")
    ))  # fmt: skip
    assert failed(verdict) == {"grad_beta": "grad-beta-mean", "grad_x": "variance-path-missing"}


@pytest.mark.parametrize(
    ("old", "new", "misconception"),
    [
        ("direct + through_mean + through_variance", "direct", "statistics-as-constants"),
        ("+ through_mean", "", "mean-path-missing"),
        ("+ through_variance", "", "variance-path-missing"),
        ("-sum_g / m", "sum_g / m", "mean-path-sign"),
        ("-x_hat * sum_gx / m", "x_hat * sum_gx / m", "variance-path-sign"),
        ("-x_hat * sum_gx / m", "-x_hat * sum_gx / m / 2", "variance-two-missing"),
        ("-x_hat * sum_gx / m", "-x_hat * sum_gx / m * 2", "variance-half-missing"),
        (", correction=0", "", "unbiased-variance"),
        ("(variance + eps).sqrt()", "variance.sqrt() + eps", "eps-outside-root"),
        ("(variance + eps).sqrt()", "variance.sqrt()", "eps-ignored"),
        ("(variance + eps).sqrt()", "(variance + 1e-5).sqrt()", "eps-fixed"),
        ("m = x.numel() / x.shape[1]", "m = len(x)", "m-is-batch-size"),
        ("gamma.reshape(root.shape) / root", "1 / root", "gamma-forgotten"),
        ("sum_gx.flatten(), sum_g.flatten()", "sum_g.flatten(), sum_gx.flatten()", "beta-gamma-swapped"),
        ("sum_gx.flatten(), sum_g.flatten()", "sum_gx, sum_g", "axes-kept"),
    ],
)
def test_a_mistake_in_other_code_than_the_authors_is_named(
    judge: Callable[..., Verdict], changed: Callable[..., str], old: str, new: str, misconception: str
) -> None:
    assert judge(changed((old, new)), 2).misconception == misconception


def test_one_result_after_the_other(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    returned = "return grad_x, sum_gx.flatten(), sum_g.flatten()"
    verdict = judge(changed((returned, "return None, None, sum_g.flatten()")))
    checks = {check.id: check for check in verdict.checks}
    assert [id_ for id_, check in checks.items() if check.status == "pass"] == ["grad_beta"]
    assert checks["grad_gamma"].message == "the grad_gamma is None; a torch.Tensor is expected"
    verdict = judge(changed((returned, "return None, sum_gx.flatten(), sum_g.flatten()")))
    assert [check.id for check in verdict.checks if check.status == "pass"] == ["grad_beta", "grad_gamma"]
    verdict = judge(changed((returned, "return grad_x, sum_gx.flatten()")))
    assert first_failed(verdict).message == "what comes back is a tuple of 2; expected a tuple of 3"


def test_a_list_will_do_and_no_single_tensor(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    returned = "return grad_x, sum_gx.flatten(), sum_g.flatten()"
    assert judge(changed((returned, "return [grad_x, sum_gx.flatten(), sum_g.flatten()]"))).passed
    found = first_failed(judge(changed((returned, "return grad_x"))))
    assert found.message == "what comes back is a tensor of shape (3, 1); expected a tuple of 3"


def test_the_paths_are_told_apart(exercise: Exercise) -> None:
    """In the cases of ``direct`` both sums are 0, in those of ``mean_path`` only that of g·x̂."""
    checks = {check.id: check for check in load_checks(exercise)}
    are_zero = {"direct": (True, True), "mean_path": (False, True), "grad_x": (False, False)}
    for seed in range(20):
        for id_, zero in are_zero.items():
            for case in checks[id_].draw(seed)[-3:]:
                x_hat = (case.x - case.x.mean(0)) / case.x.std(0)
                sums = case.grad_out.sum(0), (case.grad_out * x_hat).sum(0)
                assert tuple(bool((sum_.abs() < 1e-12).all()) for sum_ in sums) == zero


def test_a_counterexample_can_be_pasted(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    for stem, name in [("grad_gamma_mean", "grad_gamma"), ("mean_path_sign", "grad_x"), ("m_is_batch_size", "grad_x")]:
        source = wrong(exercise, stem)
        found = example(judge(source))
        namespace: dict[str, Any] = {}
        exec(source + found.python, namespace)
        output = namespace["output"][("grad_x", "grad_gamma", "grad_beta").index(name)]
        assert (found.name, output[found.index].item()) == (name, pytest.approx(float(found.got)))


def test_a_changed_argument_a_dtype_and_a_layout_are_said_in_words(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    found = first_failed(judge(changed(("    sum_g = ", "    grad_out *= 2\n    grad_out /= 4\n    sum_g = "))))
    assert found.message == "your code changes its grad_out in place; the caller still needs it as it was"
    found = first_failed(judge(changed(("return grad_x,", "return grad_x.double(),"))))
    assert (found.id, found.message) == (
        "dtype",
        "the dtype of grad_x is torch.float64; expected torch.float32",
    )
    found = first_failed(judge(changed(("direct = grad_out", "direct = grad_out.view(-1).view(x.shape)"))))
    assert (found.id, "view size is not compatible" in found.message) == ("layout", True)
