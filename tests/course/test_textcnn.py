"""Exercise 9, TextCNN: its figures, its reference, its dropout judged by distribution, and what gets a name."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.checks.loading import load_checks
from tutor.engine.channel import LocalChannel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.course import Exercise
    from tutor.engine.client import EngineClient

SLUG = "textcnn"
RIGHT = {
    "a feature in train mode": "0 or 1.25 times what it is in eval mode",
    "the share of features that are 0": "about 0.2",
    "the choice of those that are 0": "made for each by itself, anew in every call",
    "the gradient of a feature": "multiplied by the same",
}
"""What the check of the dropout sees of a right answer with dropout=0.2."""


def made(exercise: Exercise, *args: int, **options: Any) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    module: nn.Module = namespace["TextCNN"](*args, **options).double()
    return module


def formula(tokens: torch.Tensor, kernel_sizes: tuple[int, ...], *parameters: torch.Tensor) -> torch.Tensor:
    """Number by number: each feature is the largest sum over a window, and 0 at least."""
    table, *kernels, weight, bias = parameters
    rows = []
    for sentence in tokens.tolist():
        features = []
        for k, kernel, shift in zip(kernel_sizes, kernels[::2], kernels[1::2], strict=True):
            for number in range(len(kernel)):
                sums = [
                    sum(table[sentence[start + i]] @ kernel[number, :, i] for i in range(k)) + shift[number]
                    for start in range(len(sentence) - k + 1)
                ]
                features.append(max(*sums, torch.zeros_like(sums[0])))
        rows.append(weight @ torch.stack(features) + bias)
    return torch.stack(rows)


def dropout_of(
    exercise: Exercise, change: tuple[str, str] = ("", ""), seed: int = 1, p: float = 0.2
) -> Mapping[str, Any]:
    """What the check of the dropout sees of the reference with this change, or of another source."""
    source = exercise.reference("ada")
    assert change[0] in source
    return dropout_seen(exercise, source.replace(*change) if change[0] else source, seed, p)


def dropout_seen(exercise: Exercise, source: str, seed: int, p: float) -> Mapping[str, Any]:
    check = next(check for check in load_checks(exercise) if check.id == "dropout")
    case = next(case for case in check.draw(seed) if case.p == p)
    channel = LocalChannel()
    channel.request("load", source=f"import torch\ntorch.manual_seed({seed})\n{source}", filename="x.py", forbidden={})
    values = check.observe(channel, case).values
    assert isinstance(values, dict), values
    return values


@pytest.mark.parametrize(
    ("n", "length", "kernel_sizes"), [(1, 3, (3,)), (2, 5, (3, 4, 5)), (3, 4, (4, 1)), (2, 6, (2, 2, 5))]
)
def test_the_reference_is_the_formula(exercise: Exercise, n: int, length: int, kernel_sizes: tuple[int, ...]) -> None:
    torch.manual_seed(n)
    module = made(exercise, 7, 4, 3, kernel_sizes=kernel_sizes, num_filters=2).eval()
    tokens = torch.randint(7, (n, length))
    output = module(tokens)
    assert output.shape == (n, 3)
    assert torch.allclose(output, formula(tokens, kernel_sizes, *module.parameters()), rtol=1e-12, atol=1e-12)


def test_the_explanation_counts_right(exercise: Exercise) -> None:
    module = made(exercise, 20_000, 300, 2)
    layers = [(300 * k + 1) * 100 for k in (3, 4, 5)]
    total = sum(parameter.numel() for parameter in module.parameters())
    assert total == 20_000 * 300 + sum(layers) + 602
    for figure in (20_000 * 300, *layers, 602, total):
        assert f"{figure:,}" in exercise.explanation()
    assert round(100 * 20_000 * 300 / total) == 94


def test_the_lesson_works_its_example_out_right() -> None:
    sentence = torch.tensor([[0.0, 1], [2, 0], [1, 3], [0, 1]])
    conv = nn.Conv1d(2, 1, 2)
    with torch.no_grad():
        # Of the weights, rows are columns of the embedding, and columns the words under the kernel.
        conv.weight.copy_(torch.tensor([[[1.0, 0], [0, 1]]]))
        conv.bias.copy_(torch.tensor([-2.0]))  # type: ignore[union-attr]
        found = conv(sentence.T[None])
    assert found.flatten().tolist() == [-2, 3, 0]
    assert torch.relu(found).amax().item() == 3


def test_a_right_dropout_is_seen_as_one_on_every_seed(exercise: Exercise) -> None:
    for seed in range(100):
        assert dropout_of(exercise, seed=seed) == RIGHT


@pytest.mark.parametrize("p", [0.5, 0.3, 0.0])
def test_accepted_dropouts_give_the_words_of_the_reference(exercise: Exercise, p: float) -> None:
    expected = dropout_of(exercise, p=p)
    for answer in exercise.accepted:
        for seed in range(10):
            assert dropout_seen(exercise, answer.source, seed, p) == expected


CAT = "self.dropout(torch.cat(features, dim=1))"
MASK = "h * (torch.rand({shape}, dtype=h.dtype) >= {p}) / (1 - {scale})"


@pytest.mark.parametrize(
    ("mask", "off"),
    [
        (MASK.format(shape="h.shape", p="0.2", scale="0.2"), set()),
        (MASK.format(shape="h.shape", p="0.35", scale="0.2"), {"the share of features that are 0"}),
        (MASK.format(shape="h.shape", p="0.2", scale="0"), {"a feature in train mode"}),
        (MASK.format(shape="h.shape[1]", p="0.2", scale="0.2"), {"the choice of those that are 0"}),
        (MASK.format(shape="len(h), 1", p="0.2", scale="0.2"), {"the choice of those that are 0"}),
        ("h * (torch.arange(h.numel()).reshape(h.shape) * 7 % 5 > 0) / 0.8", {"the choice of those that are 0"}),
        ("self.dropout(h.detach()) + h * 0", {"the gradient of a feature"}),
        ("h + torch.randn_like(h)", {"a feature in train mode", "the share of features that are 0"}),
    ],
)
def test_each_thing_that_can_be_wrong_with_a_dropout_is_seen(exercise: Exercise, mask: str, off: set[str]) -> None:
    line = f"(lambda h: {mask})(torch.cat(features, dim=1))"
    for seed in range(5):
        seen = dropout_of(exercise, (CAT, line), seed=seed)
        found = {name for name, words in RIGHT.items() if seen[name] != words}
        # A mask with fewer draws, or none, may have another share of zeros as well.
        assert found == off or (off and found >= off)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (("return self.linear(", "return 1e-6 + self.linear("), "forward"),
        (("torch.relu(conv(x))", "nn.functional.leaky_relu(conv(x))"), "forward"),
        ((".amax(dim=2)", ".amin(dim=2)"), "forward"),
        ((".amax(dim=2)", ".sum(dim=2)"), "forward"),
        ((".amax(dim=2)", "[:, :, 0]"), "forward"),
        ((".amax(dim=2) for", ".amax(dim=2).detach() for"), "gradients"),
        (("nn.Dropout(dropout)", "nn.Dropout(dropout / 2)"), "dropout"),
        ((CAT, "(lambda h: h + self.training * torch.randn_like(h))(torch.cat(features, dim=1))"), "dropout"),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_name(
    engine: EngineClient, exercise: Exercise, change: tuple[str, str], check: str
) -> None:
    source = exercise.reference("ada")
    assert change[0] in source
    verdict = engine.check(exercise, source.replace(*change), learner="ada", seed=1)
    assert next(result.id for result in verdict.checks if result.status != "pass") == check
    assert verdict.misconception is None


def test_every_gradient_case_needs_the_first_word(exercise: Exercise) -> None:
    for case in runpy.run_path(str(exercise.checks_file))["random_numbers"](torch.Generator().manual_seed(1)):
        assert (case.tokens == 0).any(dim=1).all()
