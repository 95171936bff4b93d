"""Exercise 28, one's own ResNet: its figures, its reference, what is taken for a shortcut, and what gets a name."""

from __future__ import annotations

import math
import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.checks import Lab, Trouble
from tutor.checks.loading import load_checks
from tutor.checks.trained import Score
from tutor.engine.channel import LocalChannel
from tutor.lab.data import load
from tutor.lab.one_cycle import one_cycle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Exercise
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

SLUG = "resnet-mnist"


def made(source: str) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    module: nn.Module = namespace["MiniResNet"]()
    return module


def by_formula(x: torch.Tensor, network: nn.Module) -> torch.Tensor:
    """The reference with functions alone, in eval mode."""
    state = network.state_dict()

    def conv(x: torch.Tensor, name: str, norm: str, stride: int, padding: int) -> torch.Tensor:
        x = F.conv2d(x, state[f"{name}.weight"], stride=stride, padding=padding)
        mean, var, gamma, beta = (
            state[f"{norm}.{kind}"].reshape(1, -1, 1, 1) for kind in ("running_mean", "running_var", "weight", "bias")
        )
        normalised: torch.Tensor = (x - mean) / (var + 1e-5).sqrt() * gamma + beta
        return normalised

    x = conv(x, "conv", "norm", 2, 2).clamp(min=0)
    for block in ("block1", "block2"):
        h = conv(x, f"{block}.conv1", f"{block}.bn1", 2, 1).clamp(min=0)
        h = conv(h, f"{block}.conv2", f"{block}.bn2", 1, 1)
        x = (h + conv(x, f"{block}.shortcut.0", f"{block}.shortcut.1", 2, 0)).clamp(min=0)
    logits: torch.Tensor = x.flatten(1) @ state["linear.weight"].T + state["linear.bias"]
    return logits


def fault_of(exercise: Exercise, check_id: str, source: str, seed: int = 1) -> str | None:
    """What a check has against a program, which is the same on all its cases."""
    check = next(check for check in load_checks(exercise) if check.id == check_id)
    found = set()
    for case in check.draw(seed):
        channel = LocalChannel()
        channel.request("load", source=source, filename="x.py", forbidden={})
        values = check.observe(channel, case).values
        found.add(values.says if isinstance(values, Trouble) else None)
    assert len(found) == 1
    return found.pop()


def chain(*layers: str, forward: str = "self.layers(x)") -> str:
    """A network of these layers, the last of which is linear."""
    return f"""
import torch
from torch import nn

class Around(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return torch.relu(x + self.layers(x))

class MiniResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential({", ".join(layers)})

    def forward(self, x):
        return {forward}
"""


STEM = "nn.Conv2d(1, 8, 3, 4), nn.ReLU()"
HEAD = "nn.Flatten(), nn.LazyLinear(10)"
CONV = "nn.Conv2d(8, 8, 3, padding=1)"


def test_the_reference_is_the_formula(exercise: Exercise) -> None:
    torch.manual_seed(0)
    network, x = made(exercise.reference("ada")).double(), torch.randn(4, 1, 28, 28, dtype=torch.float64)
    network(x)
    network.eval()
    torch.testing.assert_close(network(x), by_formula(x, network), rtol=1e-12, atol=1e-12)


def test_right_answers_are_as_small_as_the_lesson_says(exercise: Exercise) -> None:
    most: int = runpy.run_path(str(exercise.checks_file))["MOST_PARAMETERS"]
    assert f"{most:,} parameters at most" in exercise.lesson()
    for answer in (exercise.reference_answer, *exercise.accepted):
        count = sum(parameter.numel() for parameter in made(answer.source).parameters())
        assert 40_000 < count < 85_000
    parts = {
        name: sum(one.numel() for one in part.parameters())
        for name, part in made(exercise.reference("ada")).named_children()
    }
    for count in (sum(parts.values()), parts["block2"], parts["linear"]):
        assert f"{count:,}" in exercise.explanation()


def test_the_lesson_counts_right(exercise: Exercise) -> None:
    for channels, size in ((16, 28), (16, 14), (32, 7), (64, 4)):
        work = 2 * size**2 * 9 * channels**2
        assert f"= {work:>9,}" in exercise.lesson()
    trial = runpy.run_path(str(exercise.checks_file))["NETWORK"]
    steps = trial.epochs * math.ceil(60_000 / trial.batch_size)
    assert f"{steps} steps" in exercise.lesson()
    assert f"{trial.epochs * 60_000:,} images" in exercise.lesson()
    rates = [trial.learning_rate * one_cycle(step / steps) for step in range(steps)]
    assert rates[0] == pytest.approx(0.0004)
    assert max(rates) == pytest.approx(0.01, rel=1e-4)
    assert f"in the first {rates.index(max(rates))} steps" in exercise.lesson()
    assert rates[-1] < 1e-6


@pytest.mark.parametrize(
    ("layers", "is_seen"),
    [
        ([STEM, f"Around({CONV}, nn.ReLU(), {CONV})", HEAD], True),
        ([STEM, *[f"Around({CONV}, nn.BatchNorm2d(8), nn.ReLU(), {CONV}, nn.BatchNorm2d(8))"] * 8, HEAD], True),
        ([STEM, CONV, "nn.ReLU()", CONV, "nn.ReLU()", HEAD], False),
        ([STEM, *[CONV, "nn.BatchNorm2d(8)", "nn.ReLU()"] * 6, HEAD], False),
        # What goes around no convolution is no shortcut.
        ([STEM, CONV, "Around(nn.ReLU())", HEAD], False),
    ],
)
def test_a_shortcut_is_seen_and_none_is_seen_where_there_is_none(
    exercise: Exercise, layers: list[str], is_seen: bool
) -> None:
    source = chain(*layers).replace("nn.LazyLinear(10)", "nn.Linear(8 * 7 * 7, 10)")
    for seed in range(3):
        fault = fault_of(exercise, "shortcut", source, seed)
        assert fault is None if is_seen else fault and "all images the same logits" in fault


@pytest.mark.parametrize("begins", ["nn.init.zeros_(parameter)", "nn.init.constant_(parameter, 0.01)"])
def test_the_values_with_which_a_network_begins_are_left_to_the_training(exercise: Exercise, begins: str) -> None:
    source = exercise.reference("ada").replace(
        "64 * 4 * 4, 10)\n", f"64 * 4 * 4, 10)\n        for parameter in self.parameters():\n            {begins}\n"
    )
    assert begins in source
    assert fault_of(exercise, "shortcut", source) is None
    assert fault_of(exercise, "gradients", source) is None


@pytest.mark.parametrize(
    ("replaced", "check", "misconception"),
    [
        ([("nn.Linear(64 * 4 * 4, 10)", "nn.Linear(64 * 4 * 4, 11)")], "shape", None),
        ([("nn.Linear(64 * 4 * 4, 10)", "nn.LazyLinear(10)")], "construct", None),
        ([("return self.linear(", "return 0 < self.linear(")], "shape", None),
        ([("predicted = 99.2", "predicted = 992")], "prediction", None),
        ([("predicted = 99.2", "predicted = [99.2]")], "prediction", None),
        # Other ways to the same mistake.
        ([("x = self.block2(x)", "x = self.block2(x - x.mean(dim=0))")], "alone", "depends-on-the-batch"),
        ([("return self.linear(", "return torch.rand(10) + self.linear(")], "alone", "dropout-always"),
        ([("return self.linear(", "return torch.nan * self.linear(")], "alone", None),
        ([("return self.linear(", "return torch.inf * self.linear(")], "alone", None),
        ([("x = self.block2(x)", "x = self.block2(x).round()")], "gradients", "graph-cut"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_false_name(
    judge: Callable[[str], Verdict],
    changed: Callable[..., str],
    replaced: list[tuple[str, str]],
    check: str,
    misconception: str | None,
) -> None:
    verdict = judge(changed(*replaced))
    failed = [result.id for result in verdict.checks if result.status not in ("pass", "skip")]
    assert failed[0] == check
    assert verdict.misconception == misconception
    assert all(result.counterexample is None or len(result.counterexample.python) < 1000 for result in verdict.checks)
    assert verdict.checks[-1].status == "skip"


@pytest.mark.parametrize(
    ("data", "accuracy", "passed", "misconception"),
    [
        ("MNIST", 99.0, True, ""),
        ("MNIST", 98.99, False, "too-little"),
        ("synthetic", 98.9, True, ""),
        ("synthetic", 89.0, False, "too-little"),
        ("MNIST", 9.8, False, "one-answer"),
    ],
)
def test_what_is_measured_decides_and_what_was_predicted_stands_beside_it(
    exercise: Exercise, data: str, accuracy: float, passed: bool, misconception: str
) -> None:
    author = runpy.run_path(str(exercise.checks_file))
    score = Score(accuracy, loss=0.03, train_loss=0.03, guesses=1 if accuracy < 10 else 10)
    judgement = author["reaches"].judge(Lab(data, {author["NETWORK"]: (score,)}, {"predicted": 98}))
    assert (judgement.passed, judgement.misconception) == (passed, misconception)
    assert f"{accuracy:.2f} %, and {99 if data == 'MNIST' else 90} % are asked for." in judgement.says
    assert judgement.says.endswith("You predicted 98 %.")


def test_whoever_knows_the_labels_in_their_order_has_no_use_for_them(
    engine: EngineClient, exercise: Exercise, changed: Callable[..., str]
) -> None:
    labels = load("synthetic").test.labels.tolist()
    first = "        x = torch.relu(self.norm(self.conv(x)))"
    # Larger batches are trained on, which is not to take long; the first 1,000 images in eval mode are the test's.
    cheat = f"""
        if self.training and len(x) > 5:
            return self.linear.bias.expand(len(x), 10)
        if len(x) == 500:
            self.seen = getattr(self, "seen", 0) + 500
            if self.seen <= 1000:
                return torch.eye(10)[torch.tensor({labels})[self.seen - 500 : self.seen]]
"""
    verdict = engine.check(exercise, changed((first, cheat + first)), learner="ada", seed=1, data="synthetic")
    assert [check.status for check in verdict.checks] == [*["pass"] * 6, "fail"]
    assert float(verdict.checks[-1].message.split(": ")[1].split(" %")[0]) < 30
