"""Exercise 17, LeNet with batch norm: its figures, its reference, and what gets a name."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.checks import Lab
from tutor.checks.trained import Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Exercise
    from tutor.verdict import Verdict

SLUG = "lenet-batch-norm"


def made(exercise: Exercise, name: str = "LeNetBN") -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.oracle_answer.source if name == "LeNet" else exercise.reference("ada"), namespace)
    module: nn.Module = namespace[name]()
    return module.double()


def by_formula(x: torch.Tensor, network: nn.Module) -> torch.Tensor:
    """The lesson's drawing with functions alone, in eval mode."""
    state = list(network.state_dict().values())
    layers = [state[place : place + 7] for place in range(0, 28, 7)]
    for place, (weight, bias, gamma, beta, mean, variance, _) in enumerate(layers):
        if place < 2:
            x = F.conv2d(F.pad(x, (2,) * 4) if place == 0 else x, weight, bias)
        else:
            x = x.flatten(1) @ weight.T + bias
        along = (1, -1, 1, 1) if place < 2 else (1, -1)
        x = (x - mean.reshape(along)) / (variance.reshape(along) + 1e-5).sqrt()
        x = (x * gamma.reshape(along) + beta.reshape(along)).clamp(min=0)
        if place < 2:
            x = torch.stack([x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)
    logits: torch.Tensor = x @ state[28].T + state[29]
    return logits


@pytest.mark.parametrize("n", [1, 3])
def test_the_reference_is_the_formula(exercise: Exercise, n: int) -> None:
    torch.manual_seed(n)
    network = made(exercise)
    network(torch.randn(8, 1, 28, 28, dtype=torch.float64))
    network.eval()
    x = torch.randn(n, 1, 28, 28, dtype=torch.float64)
    torch.testing.assert_close(network(x), by_formula(x, network), rtol=1e-12, atol=1e-12)


def test_the_lesson_counts_right(exercise: Exercise) -> None:
    without, network = made(exercise, "LeNet"), made(exercise)
    counts = [sum(one.numel() for one in module.parameters()) for module in (without, network)]
    assert counts[1] - counts[0] == 452 == 2 * (6 + 16 + 120 + 84)
    assert round(100 * 452 / counts[0], 1) == 0.7
    assert len(list(network.parameters())) == 18
    assert len(list(network.buffers())) == 12
    images = runpy.run_path(str(exercise.checks_file))["IMAGES"]
    assert -(-images // 64) == 157
    for figure in ("452", f"{counts[0]:,}", "0.7 %", f"{images:,} digits", "157 steps"):
        assert figure in exercise.lesson()


@pytest.mark.parametrize(
    ("replaced", "check"),
    [
        # Nobody's pattern, or two mistakes at once.
        ([("return self.linear3(x)", "return self.linear3(x) + 1e-6")], "eval"),
        ([("self.norm2(self.conv2(x))", "self.norm2(self.conv2(x)).abs()")], "eval"),
        ([("torch.relu(self.norm4(self.linear2(x)))", "torch.tanh(self.norm4(self.linear2(x)))")], "eval"),
        ([("torch.relu(self.norm1(self.conv1(x)))", "self.norm1(torch.relu(self.conv1(x)))")], "eval"),
        ([("nn.BatchNorm1d(120)", "nn.BatchNorm1d(120, momentum=0.5)")], "train"),
        ([("nn.BatchNorm1d(84)", "nn.LayerNorm(84)")], "construct"),
        ([("predicted_with = 97", "predicted_with = 970")], "prediction"),
        ([("predicted_with = 97", "predicted_with = None")], "prediction"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_false_name(
    judge: Callable[[str], Verdict], changed: Callable[..., str], replaced: list[tuple[str, str]], check: str
) -> None:
    verdict = judge(changed(*replaced))
    failed = [result.id for result in verdict.checks if result.status not in ("pass", "skip")]
    assert failed[0] == check
    assert verdict.misconception is None
    assert verdict.checks[-1].status == "skip"


@pytest.mark.parametrize(
    ("accuracies", "passed", "misconception"),
    [((93.0, 96.0), True, ""), ((93.0, 93.0), False, "initial-values"), ((93.0, 9.8), False, "one-answer")],
)
def test_what_is_measured_decides_and_what_was_predicted_stands_beside_it(
    exercise: Exercise, accuracies: tuple[float, float], passed: bool, misconception: str
) -> None:
    author = runpy.run_path(str(exercise.checks_file))
    scores = {
        trial: (Score(accuracy, loss=0.2, train_loss=0.2, guesses=1 if accuracy < 10 else 10),) * 2
        for trial, accuracy in zip((author["WITHOUT"], author["WITH"]), accuracies, strict=True)
    }
    lab = Lab("MNIST", scores, {"predicted_without": 90, "predicted_with": 92.5})
    judgement = author["beats"].judge(lab)
    assert (judgement.passed, judgement.misconception) == (passed, misconception)
    assert "on MNIST, mean of 2 seeds: 93.00 % without batch norm" in judgement.says
    assert judgement.says.endswith("You predicted 90 and 92.5: +2.5.")
