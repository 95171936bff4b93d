"""Exercise 19: its figures, its reference, its judging by distribution, and what a learner is told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.checks.loading import load_checks
from tutor.engine.channel import LocalChannel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "dropout"
KEEP = "keep = torch.rand_like(x) >= self.p  # True with probability 1 − p, drawn for each element"
PRODUCT = "x * keep / (1 - self.p)"
AT_ONE = "        if self.p == 1:\n            return x * 0  # nothing is kept, and 1/(1 − p) would be 1/0\n"


def made(answer: Answer, *args: float, **options: float) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    module: nn.Module = namespace["Dropout"](*args, **options)
    return module


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def failed(verdict: Verdict) -> list[str]:
    return [check.id for check in verdict.checks if check.status in ("fail", "error")]


def named(verdict: Verdict) -> dict[str, str | None]:
    return {check.id: check.misconception for check in verdict.checks if check.status in ("fail", "error")}


# -- figures, reference ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(400, 500), (20, 10, 25, 40), (200_000,)])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.73])
def test_right_answers_do_what_pytorchs_dropout_does(exercise: Exercise, shape: tuple[int, ...], p: float) -> None:
    torch.manual_seed(0)
    x = torch.randn(shape, dtype=torch.float64)
    for answer in (exercise.oracle_answer, exercise.reference_answer, *exercise.accepted):
        module = made(answer, p)
        leaf = x.clone().requires_grad_()
        output = module(leaf)
        kept = output != 0
        assert output.dtype == x.dtype
        torch.testing.assert_close(output, torch.where(kept, x / (1 - p), 0), rtol=1e-6, atol=0)
        # Eight standard deviations.
        assert abs(kept.double().mean() - (1 - p)) < 8 * math.sqrt(p * (1 - p) / x.numel())
        output.sum().backward()
        assert leaf.grad is not None
        torch.testing.assert_close(leaf.grad, kept.double() / (1 - p), rtol=1e-6, atol=0)
        assert module.eval()(x).equal(x)
        assert not module.train()(x).equal(x)


def test_both_ends_of_p(exercise: Exercise) -> None:
    for answer in (exercise.oracle_answer, exercise.reference_answer, *exercise.accepted):
        x = torch.randn(3, 5, requires_grad=True)
        assert made(answer, p=0.0)(x).equal(x)
        output = made(answer, p=1.0)(x)
        assert not output.any()
        if output.requires_grad:
            output.sum().backward()
            assert x.grad is not None
            assert not x.grad.any()


def test_half_is_the_default(exercise: Exercise) -> None:
    torch.manual_seed(0)
    for answer in (exercise.oracle_answer, exercise.reference_answer, *exercise.accepted):
        assert made(answer)(torch.ones(1000)).unique().tolist() == [0, 2]


def test_the_figures_of_lesson_and_explanation() -> None:
    linear = [(400 + 1) * 120, (120 + 1) * 84, (84 + 1) * 10]
    assert sum(linear) == 59_134
    torch.manual_seed(0)
    x = torch.randn(100_000, dtype=torch.float64)
    layer = nn.Dropout(0.5)
    assert round(layer(x).var().item(), 1) == 2
    assert round(layer.eval()(x).var().item(), 1) == 1
    # Variance of the factor, with p = 0.2: p·0² + (1 − p)·(1/(1 − p))² − 1.
    assert pytest.approx(0.8 * 1.25**2 - 1) == 0.2 / 0.8
    assert 2**24 == 16_777_216
    assert round((97.58 - 97.53) / 100 * 10_000) == 5


def test_the_lesson_states_the_bounds_of_the_check() -> None:
    from tutor.checks.distribution import within_chance

    for p, low, high in ((0.25, 20, 30), (0.5, 44, 56)):
        allowed = [k / 4000 for k in range(4000) if within_chance(k, 4000, p)]
        assert (round(100 * allowed[0]), round(100 * allowed[-1])) == (low, high)


# -- what is random ----------------------------------------------------------------------------------------------------


def test_right_answers_pass_on_many_seeds_whatever_they_draw(exercise: Exercise) -> None:
    checks = load_checks(exercise)
    oracle = LocalChannel()
    oracle.request("load", source=exercise.oracle_answer.source, filename="oracle.py", forbidden={})
    for seed in range(1, 9):
        drawn = [(check, case) for check in checks for case in check.draw(seed)]
        expected = [str(check.observe(oracle, case).values) for check, case in drawn]
        for answer in exercise.accepted[seed % 2 :: 2]:
            channel = LocalChannel()
            source = f"import torch\ntorch.manual_seed({seed})\n{answer.source}"
            channel.request("load", source=source, filename=answer.path.name, forbidden={})
            for (check, case), words in zip(drawn, expected, strict=True):
                got = check.observe(channel, case).values
                assert str(got).replace("-0.", "0.") == words.replace("-0.", "0."), (answer.path.name, check.id)


@pytest.mark.parametrize(
    ("keep", "check"),
    [
        # Each of these is a dropout on average, element by element, and none by itself.
        ("keep = torch.rand(x.shape[0] // 2, *x.shape[1:]).repeat(2, *[1] * (x.ndim - 1)) >= self.p", "mask"),
        ("keep = torch.rand_like(x).flip(-1).cummax(-1).values ** x.shape[-1] >= self.p", "mask"),
        ("keep = (torch.arange(x.numel()).reshape(x.shape) + torch.randint(20, ())) % 20 >= 20 * self.p", "mask"),
        ("keep = torch.rand_like(x).flatten().argsort().argsort().reshape(x.shape) >= self.p * x.numel()", "mask"),
        ("keep = torch.rand_like(x) >= self.p * (0.5 + (x > 0))", "mask"),
        ("keep = torch.rand_like(x) >= self.p ** 2", "rate"),
        ("keep = torch.rand_like(x).sqrt() >= self.p", "rate"),
    ],
)
def test_masks_that_are_nobodys_pattern_fail(
    judge: Callable[..., Verdict], changed: Callable[..., str], keep: str, check: str
) -> None:
    verdict = judge(changed((KEEP, keep)))
    assert not verdict.passed
    assert check in failed(verdict)


@pytest.mark.parametrize(
    "changes",
    [
        [(PRODUCT, "x * keep * (1 + self.p)")],
        [(PRODUCT, "x * keep / (1 - self.p) + 1e-4 * x")],
        [(PRODUCT, "x * keep / (1 - self.p + 1e-3)")],
        [(PRODUCT, "x * keep / (1 - self.p) ** 0.5")],
        [(PRODUCT, "(x * keep).detach() / (1 - self.p) + 2 * (x - x.detach())")],
        [("return x\n", "return 2 * x\n")],
        [("return x\n", "return x + 1e-6\n")],
        [(">= self.p ", ">= self.p / 2 ")],
        [(AT_ONE, "        if self.p == 1:\n            return x + 1\n")],
    ],
)
def test_what_is_nobodys_mistake_fails_without_a_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]]
) -> None:
    verdict = judge(changed(*changes))
    assert not verdict.passed
    assert verdict.misconception is None


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([(">= self.p ", "< self.p "), (PRODUCT, "x * keep")], {"not-scaled", None}),
        (
            [("torch.rand_like(x)", "torch.randn_like(x)"), (PRODUCT, "x * keep")],
            {"not-scaled", "normal-for-uniform", None},
        ),
        (
            [("torch.rand_like(x) >= self.p", "torch.randint_like(x, 2)"), (PRODUCT, "x * keep * self.p")],
            {"multiplied-by-p", None},
        ),
        ([("torch.rand_like(x)", "torch.rand(x.shape[1:])"), (PRODUCT, "(x + 1) * keep / (1 - self.p)")], {None}),
        ([("torch.rand_like(x)", "torch.rand(x.shape[2:])"), (PRODUCT, "x * keep / keep.double().mean()")], {None}),
    ],
    ids=[
        "inverted, not scaled",
        "normal, not scaled",
        "coin, made smaller",
        "one mask, and shifted",
        "one mask, its share",
    ],
)
def test_of_two_mistakes_each_is_named_where_it_shows_alone_and_nothing_else(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]], names: set[str | None]
) -> None:
    verdict = judge(changed(*changes))
    assert not verdict.passed
    assert {*named(verdict).values()} == names


def test_one_mistake_here_and_another_there_are_named_each(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    verdict = judge(changed((AT_ONE, ""), ("return x\n", "return x.detach()\n")))
    assert named(verdict) == {"eval": "eval-detached", "p_one": "nan-at-one"}
    assert verdict.misconception == "eval-detached"


def test_mistakes_are_named_however_they_are_written(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    for draw in (
        "torch.rand(*x.shape[:2], *(1,) * len(x.shape[2:]))",
        "torch.rand(x.shape[:2])[(...,) + (None,) * (x.ndim - 2)]",
    ):
        verdict = judge(changed(("torch.rand_like(x)", draw)))
        assert named(verdict)["mask"] == "one-mask-per-channel", draw
    for line in ("x.mul_(keep).div_(1 - self.p)", "x.masked_fill_(~keep, 0) / (1 - self.p)"):
        verdict = judge(changed((PRODUCT, line)))
        assert named(verdict)["mask"] == "changed-in-place", line
    # A seed set when the module is made, in PyTorch's own generator.
    verdict = judge(changed(("self.p = p", "self.p = p\n        torch.manual_seed(3)")))
    assert named(verdict) == {"fresh": "seeded-in-init"}


def test_a_seed_for_the_whole_file_is_nobodys_business(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    assert judge(changed(("class Dropout", "torch.manual_seed(42)\n\n\nclass Dropout"))).passed


# -- messages ----------------------------------------------------------------------------------------------------------


MASK = "the choice of elements that are 0 is {}; expected made for each by itself"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((PRODUCT, "x * keep"), "an element that is kept is multiplied by 1; expected multiplied by 2"),
        (("torch.rand_like(x)", "torch.rand(x.shape[1:])"), MASK.format("the same in every sample")),
        ((PRODUCT, "(x * keep).sum()"), MASK.format("nowhere to be seen: the output is a tensor of shape ()")),
        ((PRODUCT, "(x * keep).bool()"), MASK.format("nowhere to be seen: the output is of dtype torch.bool")),
        ((PRODUCT, "None"), MASK.format("nowhere to be seen: the output is None")),
        ((">= self.p ", "< self.p "), "the share of elements that are 0 is about 0.75; expected about 0.25"),
        (
            (KEEP, f"torch.manual_seed(0)\n        {KEEP}"),
            "the mask is the same in every call; expected anew in every call",
        ),
        (("if not self.training", "if False"), "what is dropped in eval mode is a part of x; expected nothing"),
        (
            (PRODUCT, "x.detach() * keep / (1 - self.p)"),
            "the gradient where an element is dropped is None: nothing flows back to x; expected multiplied by 0",
        ),
        (
            (PRODUCT, "(x * keep / (1 - self.p)).float()"),
            "the output in train mode is of dtype torch.float32; expected torch.float64",
        ),
    ],
)
def test_what_is_off_is_said_in_words(
    judge: Callable[..., Verdict], changed: Callable[..., str], change: tuple[str, str], message: str
) -> None:
    assert first_failed(judge(changed(change))).message == message


def test_a_counterexample_can_be_pasted(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    source = changed(("torch.rand_like(x)", "torch.rand(x.shape[1:])"))
    found = first_failed(judge(source)).counterexample
    assert found is not None
    assert found.python.endswith("outputs = [module(x) for _ in range(20)]")
    assert max(map(len, found.python.splitlines())) <= 75
    namespace: dict[str, Any] = {}
    exec(f"{source}\n{found.python}", namespace)
    first, *_ = namespace["outputs"]
    assert ((first == 0) == (first[0] == 0)).all()


@pytest.mark.parametrize(
    "line",
    [
        "torch.nn.functional.dropout(x, self.p, self.training)",
        "torch.dropout(x, self.p, self.training)",
        "nn.Dropout(self.p).train(self.training)(x)",
        "nn.functional.alpha_dropout(x, self.p, self.training)",
        "nn.functional.dropout1d(x.flatten()[:, None], self.p, self.training).reshape(x.shape)",
        "getattr(torch.nn.functional, 'drop' + 'out')(x, self.p, self.training)",
    ],
)
def test_pytorchs_own_dropouts_are_named_as_forbidden(
    judge: Callable[..., Verdict], changed: Callable[..., str], line: str
) -> None:
    verdict = judge(changed(("        if not self.training:", f"        return {line}\n        if not self.training:")))
    found = first_failed(verdict)
    assert found.id == "eval"
    assert found.message.startswith("torch.nn.functional.dropout may not be used here")
    assert verdict.misconception == "pytorch-asked"


def test_other_ways_to_draw_are_not_forbidden(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    for draw in (
        "torch.empty_like(x).uniform_()",
        "torch.rand(x.shape, dtype=torch.float16)",
        "torch.randint_like(x, 10**6) / 10**6",
        "torch.special.ndtr(torch.randn_like(x))",
    ):
        assert judge(changed(("torch.rand_like(x)", draw))).passed, draw
    for keep in (
        "torch.bernoulli(torch.full_like(x, 1 - self.p))",
        "torch.distributions.Bernoulli(1 - self.p).sample(x.shape).to(x.dtype)",
        "torch.multinomial(torch.tensor([self.p, 1 - self.p]), x.numel(), replacement=True).reshape(x.shape)",
    ):
        assert judge(changed((KEEP, f"keep = {keep}"))).passed, keep
