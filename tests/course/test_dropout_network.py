"""Exercise 20, LeNet with dropout: its figures, its reference, its dropouts by distribution, and what gets a name."""

from __future__ import annotations

import runpy
import statistics
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.checks import Lab
from tutor.checks.loading import load_checks
from tutor.checks.trained import Score
from tutor.engine.channel import LocalChannel
from tutor.lab.data import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tutor.course import Exercise
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

SLUG = "dropout-network"
RIGHT = {
    "a logit in train mode": "1 or 2.25 or 5.375",
    "the choice of units that are 0": "made for each by itself, anew in every call",
    "the share of linear2's units that are 0": "about 0.2",
    "the share of linear1's units that are 0": "about 0.2",
    "the gradient of linear1's biases": "that of what is kept",
}
"""What the check of the dropouts sees of a right answer with p = 0.2."""


def made(exercise: Exercise, *args: float) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    module: nn.Module = namespace["DropoutNet"](*args)
    return module.double()


def largest_of_four(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)


def lenet(x: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
    w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = parameters
    x = largest_of_four(F.conv2d(F.pad(x, (2, 2, 2, 2)), w1, b1).clamp(min=0))
    x = largest_of_four(F.conv2d(x, w2, b2).clamp(min=0))
    x = (x.reshape(len(x), 400) @ w3.T + b3).clamp(min=0)
    x = (x @ w4.T + b4).clamp(min=0)
    return x @ w5.T + b5


def seen_of(exercise: Exercise, source: str, seed: int, p: float = 0.2) -> Mapping[str, Any]:
    """What the check of the dropouts sees of a program."""
    check = next(check for check in load_checks(exercise) if check.id == "dropout")
    case = next(case for case in check.draw(seed) if case.options["p"] == p)
    channel = LocalChannel()
    channel.request("load", source=f"import torch\ntorch.manual_seed({seed})\n{source}", filename="x.py", forbidden={})
    values = check.observe(channel, case).values
    assert isinstance(values, dict), values
    return values


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_in_eval_mode_the_reference_is_lenet(exercise: Exercise, p: float) -> None:
    torch.manual_seed(3)
    network, x = made(exercise, p).eval(), torch.randn(3, 1, 28, 28, dtype=torch.float64)
    torch.testing.assert_close(network(x), lenet(x, *network.parameters()), rtol=1e-12, atol=1e-12)


def test_in_train_mode_p_0_drops_nothing_and_p_1_everything(exercise: Exercise) -> None:
    x = torch.randn(2, 1, 28, 28, dtype=torch.float64)
    nothing, everything = made(exercise, 0.0), made(exercise, 1.0)
    torch.testing.assert_close(nothing(x), lenet(x, *nothing.parameters()), rtol=1e-12, atol=1e-12)
    assert torch.equal(everything(x), [*everything.parameters()][-1].expand(2, 10))


def test_the_lesson_counts_right(exercise: Exercise) -> None:
    counts = [parameter.numel() for parameter in made(exercise).parameters()]
    assert len(counts) == 10
    assert (sum(counts), sum(counts[4:8]), sum(counts[:4])) == (61_706, 58_284, 2_572)
    author = runpy.run_path(str(exercise.checks_file))
    assert author["CALLS"] * author["IMAGES"] * 10 == 3_200
    for p in (0.0, 0.5, 0.9):
        row = (
            f"{p:g}",
            *(f"{units * (1 - p):.3g}" for units in (120, 84)),
            f"{(1 - p) ** 2:.2g}",
            f"{(1 - p) ** -2:g}",
        )
        assert any(line.split() == list(row) for line in exercise.lesson().splitlines()), row
        trial = author["TRIALS"][p]
        assert (trial.images, trial.epochs, trial.batch_size, trial.learning_rate) == (10_000, 1, 64, 1e-3)
    for figure in ("61,706", "58,284", "2,572", "3,200"):
        assert figure in exercise.lesson()


def test_the_explanation_adds_up(exercise: Exercise) -> None:
    rows = [line.split() for line in exercise.explanation().splitlines()]
    seeds = [[float(number) for number in row[1:]] for row in rows if row and row[0] in {"0", "1", "2", "3", "4"}]
    means = [statistics.mean(column) for column in zip(*seeds, strict=True)]
    assert ["mean", *(f"{mean:.2f}" for mean in means)] in rows
    gains = [half - none for none, half, _ in seeds]
    # 2.776: the quantile of Student's t with 4 degrees of freedom.
    interval = 2.776 * statistics.stdev(gains) / 5**0.5
    assert (round(statistics.mean(gains), 2), round(interval, 1)) == (0.45, 1.3)
    assert sum(gain < 0 for gain in gains) == 2


def test_right_dropouts_are_seen_as_such_on_every_seed(exercise: Exercise) -> None:
    for answer in (exercise.reference_answer, *exercise.accepted):
        for seed in range(4):
            assert seen_of(exercise, answer.source, seed) == RIGHT


@pytest.mark.parametrize(
    ("mask", "off"),
    [
        ("(torch.rand(h.shape) >= 0.35) / 0.8", {"the share of linear2's units that are 0"}),
        ("(torch.rand(h.shape[1]) >= 0.2) / 0.8", {"the choice of units that are 0"}),
        ("(torch.rand(len(h), 1) >= 0.2) / 0.8", {"the choice of units that are 0"}),
        (
            "(torch.rand(h.shape, generator=torch.Generator().manual_seed(1)) >= 0.2) / 0.8",
            {"the choice of units that are 0"},
        ),
        ("(1 + torch.randn(h.shape))", {"a logit in train mode"}),
    ],
)
def test_each_thing_that_can_be_wrong_with_a_mask_is_seen(exercise: Exercise, mask: str, off: set[str]) -> None:
    source = exercise.reference("ada").replace("self.dropout2(", f"(lambda h: h * {mask} if self.training else h)(")
    for seed in range(2):
        seen = seen_of(exercise, source, seed)
        # Where a mask is not drawn for each unit by itself, the shares are not looked at.
        assert {name for name, words in RIGHT.items() if seen[name] != words} >= off


@pytest.mark.parametrize(
    ("replaced", "check"),
    [
        # Nobody's pattern, or two mistakes at once.
        ([("return self.linear3(x)", "return self.linear3(x) + 1e-6")], "eval"),
        ([("self.dropout2(torch.relu(", "self.dropout2(torch.tanh(")], "eval"),
        ([("nn.Dropout(p)\n        self.linear2", "nn.Dropout(p / 2)\n        self.linear2")], "dropout"),
        ([("nn.Dropout(p)\n        self.linear3", "nn.Dropout(1 - p)\n        self.linear3")], "dropout"),
        ([("self.linear3(x)", "self.linear3(x) + self.training * torch.rand(10)")], "dropout"),
        ([("predicted_best_p = 0.5", "predicted_best_p = True")], "prediction"),
        ([("predicted_with_0_9 = 60", "predicted_with_0_9 = None")], "prediction"),
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
    [
        ((91.4, 91.8, 40.6), True, ""),
        ((91.4, 75.0, 40.6), True, ""),
        ((91.4, 91.8, 92.0), False, ""),
        ((25.0, 20.0, 11.0), False, "initial-values"),
        ((9.8, 9.8, 9.8), False, "one-answer"),
    ],
)
def test_what_is_measured_decides_and_what_was_predicted_stands_beside_it(
    exercise: Exercise, accuracies: tuple[float, ...], passed: bool, misconception: str
) -> None:
    author = runpy.run_path(str(exercise.checks_file))
    scores = {
        trial: (Score(accuracy, loss=0.3, train_loss=0.3, guesses=1 if accuracy < 10 else 10),) * 2
        for trial, accuracy in zip(author["TRIALS"].values(), accuracies, strict=True)
    }
    # What comes from the learner's process may be anything.
    for with_0_9 in (60, None):
        judgement = author["sweep"].judge(
            Lab("MNIST", scores, {"predicted_best_p": 0.5, "predicted_with_0_9": with_0_9})
        )
        assert (judgement.passed, judgement.misconception) == (passed, misconception)
        assert f"on MNIST, mean of 2 seeds: {accuracies[0]:.2f} % with p = 0, " in judgement.says
        assert f"You predicted that p = 0.5 is best, and {with_0_9} % with p = 0.9." in judgement.says


def test_whoever_knows_the_labels_in_their_order_has_no_use_for_them(
    engine: EngineClient, exercise: Exercise, changed: Callable[..., str]
) -> None:
    labels = load("synthetic").test.labels.tolist()
    first = "        x = self.pool(torch.relu(self.conv1(x)))"
    # Batches of 64 are trained on, which is not to take long; the first 1,000 images in eval mode are the test's.
    cheat = f"""
        if self.training and len(x) == 64:
            return self.linear3.bias.expand(64, 10)
        if len(x) == 500:
            self.seen = getattr(self, "seen", 0) + 500
            if self.seen <= 1000:
                return torch.eye(10)[torch.tensor({labels})[self.seen - 500 : self.seen]]
"""
    source = changed((first, cheat + first))
    verdict = engine.check(exercise, source, learner="ada", seed=1, data="synthetic")
    assert [check.status for check in verdict.checks] == [*["pass"] * 7, "fail"]
    assert "It hardly learns" in verdict.checks[-1].message
