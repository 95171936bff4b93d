"""Exercise 8, LeNet: its figures, its reference, its cases, and what gets a name."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import nn

    from tutor.course import Exercise
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

SLUG = "lenet"
SHAPES = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]


def judge(engine: EngineClient, exercise: Exercise, *changes: tuple[str, str]) -> Verdict:
    """The verdict on the reference with these changes."""
    source = exercise.reference("ada")
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return engine.check(exercise, source, learner="ada", seed=1)


def made(exercise: Exercise) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    module: nn.Module = namespace["LeNet"]().double()
    return module


def largest_of_four(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)


def formula(x: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
    w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = parameters
    h = largest_of_four(F.conv2d(F.pad(x, (2, 2, 2, 2)), w1, b1).clamp(min=0))
    h = largest_of_four(F.conv2d(h, w2, b2).clamp(min=0))
    h = (h.reshape(len(x), 400) @ w3.T + b3).clamp(min=0)
    h = (h @ w4.T + b4).clamp(min=0)
    return h @ w5.T + b5


def test_the_reference_has_61706_parameters_of_the_shapes_in_the_lesson(exercise: Exercise) -> None:
    parameters = list(made(exercise).parameters())
    assert [tuple(parameter.shape) for parameter in parameters] == SHAPES
    assert [parameter.numel() for parameter in parameters[::2]] == [150, 2400, 48000, 10080, 840]
    pairs = zip(parameters[::2], parameters[1::2], strict=True)
    assert [weight.numel() + bias.numel() for weight, bias in pairs] == [156, 2416, 48120, 10164, 850]
    assert sum(parameter.numel() for parameter in parameters) == 61706
    for figure in ("156", "2,416", "48,120", "10,164", "850", "61,706"):
        assert figure in exercise.lesson()


def test_the_explanation_counts_right(exercise: Exercise) -> None:
    work = [28 * 28 * 25 * 6, 10 * 10 * 150 * 16, 400 * 120, 120 * 84, 84 * 10]
    for figure in (*work, sum(work), 784 * 6 * 28 * 28):
        assert f"{figure:,}" in exercise.explanation()
    assert [round(100 * part) for part in (48120 / 61706, (156 + 2416) / 61706, sum(work[:2]) / sum(work))] == [
        78,
        4,
        86,
    ]


def test_the_lesson_takes_a_softmax_right() -> None:
    softmax = torch.softmax(torch.tensor([2.0, 0.5, -1.0]), dim=0)
    assert [round(p, 3) for p in softmax.tolist()] == [0.786, 0.175, 0.039]


@pytest.mark.parametrize("n", [1, 4])
def test_the_reference_is_the_formula(exercise: Exercise, n: int) -> None:
    torch.manual_seed(n)
    module, x = made(exercise), torch.randn(n, 1, 28, 28, dtype=torch.float64)
    output = module(x)
    assert output.shape == (n, 10)
    assert torch.allclose(output, formula(x, *module.parameters()), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_a_thread_carries_one_pixel_to_one_logit_and_each_of_the_others_asks_for_one_relu(
    exercise: Exercise, seed: int
) -> None:
    author = runpy.run_path(str(exercise.checks_file))
    rng = torch.Generator().manual_seed(seed)
    threads = [author["thread"](rng, *thread) for thread in author["THREADS"]]
    outputs = [formula(case.x, *case.parameters) for case in threads]
    assert [output.abs().sum().item() for output in outputs] == [3, 0, 0, 0, 0, 2]
    assert outputs[-1].min() == -2


def test_a_counterexample_fits_the_screen_and_can_be_pasted(engine: EngineClient, exercise: Exercise) -> None:
    source = exercise.reference("ada").replace("torch.relu(self.conv2(x))", "self.conv2(x)")
    example = engine.check(exercise, source, learner="ada", seed=1).checks[2].counterexample
    assert example is not None
    assert len(example.python.splitlines()) <= 24
    namespace: dict[str, Any] = {}
    exec(f"{source}\n{example.python}", namespace)
    output = namespace["output"]
    assert f"{output[example.index].item():g}" == example.got == "1"
    assert example.expected == "0"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (("return self.linear3(x)", "return self.linear3(x) + 1e-6"), "forward"),
        (("return self.linear3(x)", "return 2 * self.linear3(x)"), "forward"),
        (("return self.linear3(x)", "return torch.softmax(self.linear3(x), dim=0)"), "forward"),
        (("torch.flatten(x, start_dim=1)", "torch.flatten(x.mT, start_dim=1)"), "forward"),
        (("torch.relu(self.linear2(x))", "nn.functional.leaky_relu(self.linear2(x))"), "forward"),
        (("torch.relu(self.linear1(x))", "torch.sigmoid(self.linear1(x))"), "forward"),
        (("padding=2)", "padding=2, padding_mode='circular')"), "forward"),
        (("torch.relu(self.linear2(x))", "torch.relu(self.linear2(x)).detach()"), "gradients"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_name(
    engine: EngineClient, exercise: Exercise, change: tuple[str, str], check: str
) -> None:
    verdict = judge(engine, exercise, change)
    assert next(result.id for result in verdict.checks if result.status != "pass") == check
    assert verdict.misconception is None


def test_two_mistakes_at_once_get_no_name(engine: EngineClient, exercise: Exercise) -> None:
    verdict = judge(
        engine, exercise, ("nn.MaxPool2d", "nn.AvgPool2d"), ("torch.relu(self.linear1(x))", "self.linear1(x)")
    )
    assert verdict.verdict == "fail"
    assert verdict.misconception is None


def test_a_mistake_has_its_name_whatever_the_layers_are_called(engine: EngineClient, exercise: Exercise) -> None:
    verdict = judge(
        engine, exercise, ("conv1", "C1"), ("linear1", "F5"), ("16 * 5 * 5", "16 * 4 * 4"), (", padding=2", "")
    )
    assert verdict.checks[0].status == "fail"
    assert verdict.misconception == "linear-for-256"


@pytest.mark.parametrize("line", ["x = nn.functional.dropout(x)", "x = nn.functional.dropout(x, 0.3, self.training)"])
def test_every_dropout_is_called_one(engine: EngineClient, exercise: Exercise, line: str) -> None:
    verdict = judge(engine, exercise, ("        return", f"        {line}\n        return"))
    assert verdict.misconception == "dropout-added"
