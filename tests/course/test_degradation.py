"""Exercise 21, degradation: its nets, the figures of its lesson, and what is said of conclusions."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.checks import Judgement, Lab
from tutor.checks.trained import Score
from tutor.engine.wire import Foreign

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Exercise
    from tutor.verdict import Verdict

SLUG = "degradation"
LOSSES = {("plain", 4): 0.58, ("plain", 26): 1.26, ("residual", 4): 0.61, ("residual", 26): 0.26}
ACCURACIES = {("plain", 4): 87.0, ("plain", 26): 55.8, ("residual", 4): 86.2, ("residual", 26): 91.8}
RIGHT: dict[str, Any] = {
    "worse_on_training_digits": True,
    "is_overfitting": False,
    "too_few_parameters": False,
    "could_do_as_well": True,
    "same_depth_with_shortcuts": "better",
}


@pytest.fixture(scope="module")
def oracle(exercise: Exercise) -> dict[str, Any]:
    return runpy.run_path(str(exercise.oracle_answer.path))


@pytest.fixture(scope="module")
def checks(exercise: Exercise) -> dict[str, Any]:
    return runpy.run_path(str(exercise.checks_file))


def measured(checks: dict[str, Any], losses: dict[tuple[str, int], float], values: dict[str, Any]) -> Lab:
    scores = {
        trial: (Score(ACCURACIES[net], loss=losses[net], train_loss=losses[net], guesses=10),) * 2
        for net, trial in checks["NETS"].items()
    }
    return Lab("MNIST", scores, values)


def concluded(
    checks: dict[str, Any], values: dict[str, Any], losses: dict[tuple[str, int], float] = LOSSES
) -> Judgement:
    judgement: Judgement = checks["conclusions"].judge(measured(checks, losses, RIGHT | values))
    return judgement


# -- the nets ----------------------------------------------------------------------------------------------------------


def by_formula(x: torch.Tensor, net: nn.Sequential, *, has_shortcuts: bool) -> torch.Tensor:
    """The lesson's drawings with functions alone, in eval mode."""
    state = list(net.state_dict().values())
    # Of each convolution the weight, and five of its batch norm.
    layers = [state[place : place + 6] for place in range(0, len(state) - 2, 6)]

    def normalised(x: torch.Tensor, place: int, stride: int = 1, padding: int = 1) -> torch.Tensor:
        weight, *norm = layers[place][:5]
        gamma, beta, mean, variance = (one.reshape(1, -1, 1, 1) for one in norm)
        x = F.conv2d(x, weight, stride=stride, padding=padding)
        output: torch.Tensor = (x - mean) / (variance + 1e-5).sqrt() * gamma + beta
        return output

    x = normalised(x, 0, stride=4, padding=2).clamp(min=0)
    for place in range(1, len(layers), 2):
        y = normalised(normalised(x, place).clamp(min=0), place + 1)
        x = (x + y if has_shortcuts else y).clamp(min=0)
    # Of seven rows the middle one belongs to both halves.
    quarters = [x[..., i : i + 4, j : j + 4].mean((2, 3)) for i in (0, 3) for j in (0, 3)]
    logits: torch.Tensor = torch.stack(quarters, dim=2).flatten(1) @ state[-2].T + state[-1]
    return logits


def used(net: Any) -> Any:
    """A net whose batch norms have seen something, in eval mode."""
    with torch.no_grad():
        net(torch.randn(16, 1, 28, 28, dtype=next(net.parameters()).dtype))
    return net.eval()


@pytest.mark.parametrize("kind", ["plain", "residual"])
def test_the_nets_are_the_formula(oracle: dict[str, Any], kind: str) -> None:
    torch.manual_seed(0)
    net = used(oracle[kind](8).double())
    x = torch.randn(3, 1, 28, 28, dtype=torch.float64)
    expected = by_formula(x, net, has_shortcuts=kind == "residual")
    torch.testing.assert_close(net(x), expected, rtol=1e-12, atol=1e-12)


def test_the_lesson_counts_right(exercise: Exercise, oracle: dict[str, Any], checks: dict[str, Any]) -> None:
    lesson = exercise.lesson()
    for (kind, depth), trial in checks["NETS"].items():
        net = oracle[kind](*trial.args)
        assert sum(isinstance(layer, (nn.Conv2d, nn.Linear)) for layer in net.modules()) == depth
        count = sum(one.numel() for one in net.parameters())
        assert f"{depth} layers" in lesson
        assert f"{count:,}" in lesson
        assert f"{count:,} with {depth}" in checks["LOOK_AT"]["too_few_parameters"]
        assert trial.images == 8_000
    assert (-(-8_000 // 64), -(-6_000 // 64)) == (125, 94)
    for figure in ("8,000 digits", "125 steps", "94 steps", "ln 10 = 2.30"):
        assert figure in lesson


def test_the_deep_plain_net_can_do_what_the_shallow_one_does(oracle: dict[str, Any]) -> None:
    # Why could_do_as_well is True: the shallow net's layers, and identities behind them.
    torch.manual_seed(0)
    shallow, deep = used(oracle["plain"](4)), used(oracle["plain"](26))
    deep[:4].load_state_dict(shallow[:4].state_dict())
    deep[-1].load_state_dict(shallow[-1].state_dict())
    with torch.no_grad():
        for block in deep[4:-3]:
            for conv, norm in ((block.conv1, block.norm1), (block.conv2, block.norm2)):
                nn.init.dirac_(conv.weight)
                norm.weight.copy_((norm.running_var + norm.eps).sqrt())
                norm.bias.copy_(norm.running_mean)
    x = torch.randn(5, 1, 28, 28)
    torch.testing.assert_close(deep(x), shallow(x), rtol=1e-4, atol=1e-4)


def test_on_its_way_back_the_gradient_grows_in_the_deep_plain_net_above_all(oracle: dict[str, Any]) -> None:
    def ratio(kind: str, depth: int) -> float:
        torch.manual_seed(0)
        net = oracle[kind](depth)
        F.cross_entropy(net(torch.randn(64, 1, 28, 28)), torch.arange(64) % 10).backward()
        grads: list[Any] = [layer.weight.grad for layer in net.modules() if isinstance(layer, nn.Conv2d)]
        return float(grads[1].norm() / grads[-1].norm())

    assert ratio("plain", 26) > 3 * ratio("residual", 26)
    assert ratio("plain", 4) < 2


# -- what is said ------------------------------------------------------------------------------------------------------


def test_the_run_shows_every_net_and_each_prediction_beside_its_outcome(checks: dict[str, Any]) -> None:
    values = {"predicted_deeper_plain": " Better", "predicted_deeper_residual": "worse"}
    judgement = checks["run"].judge(measured(checks, LOSSES, values))
    assert judgement.passed
    assert judgement.says.splitlines() == [
        "Measured on MNIST, mean of 2 seeds:",
        "plain net,     4 layers: training loss 0.58, test accuracy 87.0 %",
        "plain net,    26 layers: training loss 1.26, test accuracy 55.8 %",
        "residual net,  4 layers: training loss 0.61, test accuracy 86.2 %",
        "residual net, 26 layers: training loss 0.26, test accuracy 91.8 %",
        "The deeper plain net is worse (training loss); you predicted better.",
        "The deeper residual net is better (training loss); you predicted worse.",
    ]


def test_conclusions_are_held_against_what_was_measured_and_not_against_the_paper(checks: dict[str, Any]) -> None:
    assert concluded(checks, {}).passed
    # Had it been overfitting, that would have been the right answer.
    losses = {**LOSSES, ("plain", 26): 0.2}
    assert not concluded(checks, {}, losses).passed
    as_measured = {"worse_on_training_digits": False, "is_overfitting": True, "same_depth_with_shortcuts": "worse"}
    assert concluded(checks, as_measured, losses).passed


def test_every_wrong_conclusion_has_its_name(exercise: Exercise, checks: dict[str, Any]) -> None:
    wrong = [answer for answer in exercise.wrong if answer.check == "conclusions"]
    assert len(wrong) == 12
    for answer in wrong:
        namespace: dict[str, Any] = {}
        exec(answer.source, namespace)
        judgement = concluded(checks, {name: namespace[name] for name in RIGHT})
        assert (judgement.passed, judgement.misconception) == (False, answer.misconception)
        for name in RIGHT:
            assert (name in judgement.says) == (namespace[name] != RIGHT[name])


@pytest.mark.parametrize(
    "values",
    [
        {"worse_on_training_digits": False, "too_few_parameters": True},
        {"is_overfitting": True, "same_depth_with_shortcuts": "worse"},
        {name: not value if isinstance(value, bool) else "worse" for name, value in RIGHT.items()},
        {"is_overfitting": 0},
        {"same_depth_with_shortcuts": "much better"},
        {"is_overfitting": "false", "same_depth_with_shortcuts": True},
        {"could_do_as_well": Foreign("an object that is equal to everything")},
        {"could_do_as_well": [True]},
        {"could_do_as_well": None, "same_depth_with_shortcuts": torch.ones(2)},
    ],
    ids=str,
)
def test_what_is_no_known_story_fails_without_a_name(checks: dict[str, Any], values: dict[str, Any]) -> None:
    judgement = concluded(checks, values)
    assert not judgement.passed
    assert judgement.misconception == ""
    assert len(judgement.says.splitlines()) == len(values)


def test_what_is_not_filled_in_yet_invites_to_read(checks: dict[str, Any]) -> None:
    judgement = concluded(checks, dict.fromkeys(RIGHT, ...))
    assert judgement.misconception == ""
    lines = judgement.says.splitlines()
    assert lines[0] == "Read this, and conclude: worse_on_training_digits is not filled in yet"
    assert lines[1:] == [f"{name} is not filled in yet" for name in list(RIGHT)[1:]]


# What is wrong with a prediction is seen before anything is trained.


@pytest.mark.parametrize(
    ("plain", "residual", "got"),
    [
        ("...", '"worse"', "not filled in yet; nothing is trained before you have predicted"),
        ('"better"', "None", "None"),
        ("True", '"better"', "True or False"),
        ('"better"', "[0.3]", "a list"),
        ("0.3", "True", "a number"),
    ],
)
def test_a_prediction_that_is_none_is_told_what_it_is_and_gets_no_false_name(
    judge: Callable[[str], Verdict], changed: Callable[..., str], plain: str, residual: str, got: str
) -> None:
    replaced = [
        ('predicted_deeper_plain = "better"', f"predicted_deeper_plain = {plain}"),
        ('predicted_deeper_residual = "better"', f"predicted_deeper_residual = {residual}"),
    ]
    verdict = judge(changed(*replaced))
    assert [check.status for check in verdict.checks] == ["fail", "skip", "skip"]
    assert verdict.misconception is None
    example = verdict.checks[0].counterexample
    assert example is not None
    assert (example.expected, example.got) == ('"better" or "worse"', got)
