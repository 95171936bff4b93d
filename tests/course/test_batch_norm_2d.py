"""Exercise 15: its figures, its right answers beside PyTorch's layer, and which wrong ones it tells apart."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.checks import Check
from tutor.course import builtin_course, load_course

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.checks import Case
    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "batch-norm-2d"
EXERCISE = load_course(builtin_course()).find(SLUG)
RIGHT = (EXERCISE.reference_answer, *EXERCISE.accepted)

# Of the reference.
REMEMBER = "self._remember(mean.detach(), var.detach(), m)"
IN_EVAL_MODE = "mean, var = self.running_mean, self.running_var"
ROOT = "torch.sqrt(_by_channel(var) + self.eps)"
NORMALISED = "normalised = (x - _by_channel(mean)) / root"
OUTPUT = "return _by_channel(self.weight) * normalised + _by_channel(self.bias)"
RUNNING_MEAN = "self.running_mean = old * self.running_mean + new * mean"
RUNNING_VAR = "self.running_var = old * self.running_var + new * unbiased"
UNBIASED = "unbiased = var * m / (m - 1)"
COUNT = "self.num_batches_tracked += 1"

# The sixteen wrong ones of which the tests of the best-known CNN course accept fourteen (DESIGN, section 3).
SIXTEEN = {
    "running-var-not-updated": ("running", RUNNING_VAR, "pass"),
    "momentum-reversed-for-mean": (
        "running",
        RUNNING_MEAN,
        "self.running_mean = new * self.running_mean + old * mean",
    ),
    "momentum-reversed-for-var": (
        "running",
        RUNNING_VAR,
        "self.running_var = new * self.running_var + old * unbiased",
    ),
    "biased-in-running-var": ("running", UNBIASED, "unbiased = var"),
    "not-counted": ("running", COUNT, "pass"),
    "unbiased-in-output": ("train", REMEMBER, f"{REMEMBER}\n            var = x.var(dim=(0, 2, 3))"),
    "batch-statistics-in-eval-mode": ("eval", IN_EVAL_MODE, "var, mean = torch.var_mean(x, (0, 2, 3), correction=0)"),
    "running-var-not-used": ("eval", IN_EVAL_MODE, "mean, var = self.running_mean, torch.ones_like(self.running_var)"),
    "each-image-by-itself": (
        "train",
        NORMALISED,
        "var, mean = torch.var_mean(x, (2, 3), correction=0, keepdim=True)\n"
        "        normalised = (x - mean) / torch.sqrt(var + self.eps)",
    ),
    "gamma-beta-ignored": ("train", OUTPUT, "return normalised"),
    "beta-ignored": ("train", OUTPUT, "return _by_channel(self.weight) * normalised"),
    "gamma-added": ("train", OUTPUT, "return _by_channel(self.weight) + normalised + _by_channel(self.bias)"),
    "eps-outside-root": ("train", ROOT, "(torch.sqrt(_by_channel(var)) + self.eps)"),
    "eps-missing": ("train", ROOT, "torch.sqrt(_by_channel(var))"),
    "eps-ignored": ("train", "self.eps = eps", "self.eps = 1e-5"),
    "output-detached": ("gradients", OUTPUT, f"return ({OUTPUT.removeprefix('return ')}).detach()"),
}


def layer_of(answer: Answer, *args: Any) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    layer: nn.Module = namespace["BatchNorm2d"](*args)
    return layer.double()


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def named(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


def assert_same_state(one: nn.Module, other: nn.Module) -> None:
    mine, its = one.state_dict(), other.state_dict()
    assert mine.keys() == its.keys()
    for name, value in mine.items():
        torch.testing.assert_close(value, its[name], rtol=1e-12, atol=1e-12)


def rounded(tensor: torch.Tensor) -> list[float]:
    return [round(value, 4) for value in tensor.flatten().tolist()]


def drawn(exercise: Exercise, seed: int) -> list[tuple[str, Case]]:
    """All cases of a seed, each with its check's id."""
    checks = [value for value in runpy.run_path(str(exercise.checks_file)).values() if isinstance(value, Check)]
    return [(check.id, case) for check in checks for case in check.draw(seed)]


def batches(check_id: str, case: Case) -> list[tuple[str, torch.Tensor]]:
    """What a case hands over, each batch with the mode in which it is."""
    if check_id == "modes":
        return [(mode, case.value(f"x{call}")) for call, mode in enumerate(case.modes, start=1)]
    if check_id == "construct":
        return []
    mode = case.mode if check_id == "gradients" else "eval" if check_id == "eval" else "train"
    return [(mode, case.x)]


@pytest.mark.parametrize("answer", RIGHT, ids=lambda answer: answer.path.stem)
def test_a_right_answer_learns_as_pytorchs_layer_does_and_each_loads_what_the_other_saved(answer: Answer) -> None:
    def pair() -> tuple[nn.Module, nn.Module]:
        return layer_of(answer, 3, 1e-3, 0.2), nn.BatchNorm2d(3, 1e-3, 0.2).double()

    rng = torch.Generator().manual_seed(5)
    own, its = pair()
    assert_same_state(own, its)
    for n, h, w in [(4, 5, 6), (1, 7, 2), (9, 1, 1), (2, 3, 8)]:
        x, grad_output = (torch.randn(n, 3, h, w, generator=rng, dtype=torch.float64) for _ in range(2))
        for layer in (own, its):
            optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)
            optimiser.zero_grad()
            layer(x).backward(grad_output)
            optimiser.step()
        assert_same_state(own, its)
    loaded_by_own, loaded_by_its = pair()
    loaded_by_own.load_state_dict(its.state_dict())
    loaded_by_its.load_state_dict(own.state_dict())
    x = torch.randn(2, 3, 4, 5, generator=rng, dtype=torch.float64)
    expected = its.eval()(x)
    for layer in (own, loaded_by_own, loaded_by_its):
        torch.testing.assert_close(layer.eval()(x), expected, rtol=1e-12, atol=1e-12)


def test_the_lessons_batch() -> None:
    x = torch.tensor([[[[1, 3]], [[0, 0]]], [[[5, 7]], [[2, 2]]]], dtype=torch.float64)
    for layer in (layer_of(EXERCISE.reference_answer, 2), nn.BatchNorm2d(2).double()):
        assert rounded(layer(x)[:, 0]) == [-1.3416, -0.4472, 0.4472, 1.3416]
        state = layer.state_dict()
        assert rounded(state["running_mean"]) == [0.4, 0.1]
        assert rounded(state["running_var"]) == [1.5667, 1.0333]
        assert state["num_batches_tracked"] == 1
        assert rounded(layer.eval()(x)[:, 0]) == [0.4794, 2.0772, 3.6751, 5.273]


def test_the_lessons_other_figures() -> None:
    assert 64 * 14 * 14 == 12544
    assert round(0.9**22, 3) == 0.098
    two = torch.tensor([3, 500], dtype=torch.float64).reshape(2, 1, 1, 1)
    assert rounded(nn.BatchNorm2d(1).double()(two)) == [-1, 1]


def test_a_convolution_swallows_the_layer_as_the_explanation_says() -> None:
    rng = torch.Generator().manual_seed(1)
    conv, norm = nn.Conv2d(2, 3, 3).double(), layer_of(EXERCISE.reference_answer, 3)
    names = ("weight", "bias", "running_mean", "running_var")
    gamma, beta, mean, var = values = [torch.rand(3, generator=rng).double() + 0.5 for _ in names]
    counted = {"num_batches_tracked": torch.tensor(7)}
    norm.load_state_dict(dict(zip(names, values, strict=True)) | counted)
    x = torch.randn(2, 2, 5, 6, generator=rng, dtype=torch.float64)
    expected = norm.eval()(conv(x))
    scale = gamma / torch.sqrt(var + 1e-5)
    shift = beta - mean * scale
    with torch.no_grad():
        assert conv.bias is not None
        conv.weight *= scale.reshape(3, 1, 1, 1)
        conv.bias.copy_(scale * conv.bias + shift)
    torch.testing.assert_close(conv(x), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_asked_that_pytorch_refuses_and_no_image_is_square(exercise: Exercise, seed: int) -> None:
    with pytest.raises(ValueError, match="more than 1 value per channel when training"):
        nn.BatchNorm2d(2)(torch.zeros(1, 2, 1, 1))
    sizes, single_values, not_contiguous = set(), set(), set()
    for check_id, case in drawn(exercise, seed):
        for mode, x in batches(check_id, case):
            n, _, h, w = x.shape
            sizes.add(n)
            if n * h * w == 1:
                single_values.add(mode)
            else:
                assert h != w
            if not x.is_contiguous():
                not_contiguous.add((check_id, mode))
    assert {1, 2, 3, 5, 8} <= sizes <= set(range(1, 9))
    assert single_values == {"eval"}
    assert not_contiguous == {("train", "train"), ("eval", "eval"), ("gradients", "train")}


@pytest.mark.parametrize("misconception", SIXTEEN)
class TestTheSixteen:
    def test_each_is_caught_where_it_belongs_and_named(
        self, judge: Callable[..., Verdict], changed: Callable[..., str], misconception: str
    ) -> None:
        check_id, old, new = SIXTEEN[misconception]
        verdict = judge(changed((old, new)))
        assert first_failed(verdict).id == check_id
        assert verdict.misconception == misconception


def test_instance_norm_is_caught_in_both_modes(judge: Callable[..., Verdict]) -> None:
    source = EXERCISE.reference("ada").replace(NORMALISED, "normalised = nn.functional.instance_norm(x, eps=self.eps)")
    verdict = judge(source)
    assert [check.status for check in verdict.checks] == ["pass", "fail", "fail", "skip", "skip", "skip", "skip"]
    assert first_failed(verdict).message.startswith("torch.nn.functional.batch_norm may not be used here")


@pytest.mark.parametrize(
    ("misconception", "changes"),
    [
        ("parameters-under-own-names", [("weight", "scale"), ("bias", "shift")]),
        ("buffers-under-own-names", [("running_mean", "moving_avg"), ("running_var", "moving_var")]),
        (
            "parameters-plain-tensors",
            [("self.weight = nn.Parameter", "self.gamma = "), ("self.bias = nn.Parameter", "self.beta = ")],
        ),
        ("mode-of-its-own", [("if self.training", "if torch.is_grad_enabled()")]),
        ("running-statistics-in-the-graph", [("mean.detach(), var.detach()", "mean, var")]),
        (
            "running-statistics-in-the-graph",
            [
                ("mean.detach(), var.detach()", "mean, var"),
                (RUNNING_MEAN, "self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)"),
                (RUNNING_VAR, "self.running_var.lerp_(unbiased, self.momentum)"),
            ],
        ),
        ("statistics-detached", [(REMEMBER, f"mean, var = mean.detach(), var.detach()\n            {REMEMBER}")]),
        (
            "momentum-of-the-old",
            [("momentum: float = 0.1", "momentum: float = 0.9"), ("= momentum\n", "= 1 - momentum\n")],
        ),
    ],
)
def test_a_mistake_has_its_name_however_it_is_written(
    judge: Callable[..., Verdict], misconception: str, changes: list[tuple[str, str]]
) -> None:
    source = EXERCISE.reference("ada")
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    assert judge(source).misconception == misconception


@pytest.mark.parametrize(
    ("check_id", "old", "new"),
    [
        ("construct", "self.weight = nn.Parameter(torch.ones", "self.weight = nn.Parameter(2 * torch.ones"),
        ("train", OUTPUT, f"{OUTPUT} + 1e-6"),
        ("train", "_by_channel(self.weight) *", "_by_channel(self.weight.abs()) *"),
        ("train", ROOT, "(_by_channel(var) + self.eps) ** 0.25"),
        ("train", "mean = x.mean(dim=(0, 2, 3))", "mean = x.amax(dim=(0, 2, 3))"),
        ("eval", IN_EVAL_MODE, "mean, var = self.running_mean, 2 * self.running_var"),
        ("running", COUNT, "self.num_batches_tracked += 2"),
        ("running", "self.momentum = momentum", "self.momentum = momentum**2"),
        ("running", UNBIASED, "unbiased = torch.sqrt(var)"),
        ("gradients", NORMALISED, f"x = (x + x.detach()) / 2\n        {NORMALISED}"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], check_id: str, old: str, new: str
) -> None:
    verdict = judge(changed((old, new)))
    assert first_failed(verdict).id == check_id
    assert verdict.misconception is None


@pytest.mark.parametrize(
    "mistakes",
    [
        ("biased-in-running-var", "momentum-reversed-for-mean"),
        ("not-counted", "running-var-not-updated"),
        ("eps-missing", "beta-ignored"),
        ("eps-ignored", "gamma-added"),
    ],
)
def test_two_mistakes_at_once_get_no_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], mistakes: tuple[str, str]
) -> None:
    verdict = judge(changed(*(SIXTEEN[mistake][1:] for mistake in mistakes)))
    assert not verdict.passed
    assert verdict.misconception is None


def test_mistakes_in_both_modes_are_named_apart(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    verdict = judge(changed(*(SIXTEEN[mistake][1:] for mistake in ("unbiased-in-output", "running-var-not-used"))))
    assert named(verdict) == {"train": "unbiased-in-output", "eval": "running-var-not-used"}


def test_who_has_only_begun_is_told_what_comes_next(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    no_eval_mode = SIXTEEN["batch-statistics-in-eval-mode"][1:]
    verdict = judge(changed(no_eval_mode, (f"            {REMEMBER}\n", "")))
    assert verdict.score == 4
    assert named(verdict) == {"eval": "batch-statistics-in-eval-mode", "running": "nothing-updated"}


@pytest.mark.parametrize(
    "call",
    [
        "nn.functional.batch_norm(x, mean, var, training=self.training, eps=self.eps)",
        "nn.functional.batch_norm(x, None, None, training=True, eps=self.eps)",
        "nn.functional.instance_norm(x, eps=self.eps)",
        "nn.functional.group_norm(x.transpose(0, 1)[None].flatten(2), x.shape[1], eps=self.eps)",
        "nn.functional.layer_norm(x, x.shape[1:], eps=self.eps)",
        "nn.BatchNorm2d(x.shape[1], self.eps).to(x)(x)",
        "nn.BatchNorm1d(x.shape[1], self.eps).to(x)(x.flatten(2))",
        "torch.native_batch_norm(x, None, None, mean, var, True, 0.1, self.eps)[0]",
    ],
)
def test_pytorchs_own_norms_are_forbidden_under_every_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], call: str
) -> None:
    verdict = judge(changed((NORMALISED, f"normalised = {call}")))
    assert named(verdict) == {"train": "pytorch-asked", "eval": "pytorch-asked"}
    assert first_failed(verdict).message.startswith("torch.nn.functional.batch_norm may not be used here")


def test_a_subclass_of_pytorchs_layer_is_no_answer(judge: Callable[..., Verdict]) -> None:
    verdict = judge("from torch import nn\n\n\nclass BatchNorm2d(nn.BatchNorm2d):\n    pass\n")
    assert verdict.score == 2
    assert verdict.misconception == "pytorch-asked"


@pytest.mark.parametrize("misconception", ["unbiased-in-output", "biased-in-running-var", "running-var-not-used"])
def test_a_counterexample_fits_the_screen_and_can_be_pasted(
    judge: Callable[..., Verdict], changed: Callable[..., str], misconception: str
) -> None:
    source = changed(SIXTEEN[misconception][1:])
    example = first_failed(judge(source)).counterexample
    assert example is not None
    assert len(example.python.splitlines()) <= 14
    namespace: dict[str, Any] = {}
    exec(f"{source}\n{example.python}", namespace)
    state = {f"{name} after the call": value for name, value in namespace["module"].state_dict().items()}
    found = {"output": namespace["output"], **state}[example.name]
    assert found[example.index].item() == pytest.approx(float(example.got))
