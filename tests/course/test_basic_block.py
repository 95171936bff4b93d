"""Exercise 26, ResNet's basic block: held against torchvision's, its figures, and what gets a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock as TorchvisionBlock
from torchvision.models.resnet import conv1x1, resnet18, resnet34

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Answer, Exercise
    from tutor.verdict import CheckResult, Verdict

SLUG = "basic-block"

# n, in_channels, out_channels, h, w, options
SIZES: list[tuple[int, int, int, int, int, dict[str, int]]] = [
    (2, 3, 3, 6, 5, {}),
    (3, 4, 4, 7, 6, {"stride": 2}),
    (2, 2, 5, 4, 7, {"stride": 1}),
    (2, 5, 2, 9, 6, {"stride": 2}),
    (2, 3, 6, 10, 8, {"stride": 3}),
]


def block_class(answer: Answer) -> Callable[..., nn.Module]:
    namespace: dict[str, Any] = {}
    exec(compile(answer.source, answer.path.name, "exec"), namespace)
    made: Callable[..., nn.Module] = namespace["BasicBlock"]
    return made


def pair(
    answer: Answer, rng: torch.Generator, channels: int, out: int, options: dict[str, int]
) -> tuple[nn.Module, nn.Module]:
    """The answer's block and torchvision's, with the same drawn state."""
    stride = options.get("stride", 1)
    downsample = None
    # The condition of torchvision's ResNet._make_layer.
    if stride != 1 or channels != out * TorchvisionBlock.expansion:
        downsample = nn.Sequential(conv1x1(channels, out, stride), nn.BatchNorm2d(out))
    its = TorchvisionBlock(channels, out, stride, downsample).double()
    own = block_class(answer)(channels, out, **options).double()
    with torch.no_grad():
        for weight, parameter in zip(own.parameters(), its.parameters(), strict=True):
            parameter.copy_(torch.randn(parameter.shape, generator=rng, dtype=torch.float64))
            weight.copy_(parameter)
        for mine, (name, theirs) in zip(own.buffers(), its.named_buffers(), strict=True):
            drawn = torch.randn(theirs.shape, generator=rng, dtype=torch.float64)
            theirs.copy_(7 if "batches" in name else drawn.square() + 0.5 if "var" in name else drawn)
            mine.copy_(theirs)
    return own, its


def first_failed(verdict: Verdict) -> CheckResult:
    return next(check for check in verdict.checks if check.status != "pass")


def wrong(exercise: Exercise, stem: str) -> str:
    return next(answer.source for answer in exercise.wrong if answer.path.stem == stem)


@pytest.mark.parametrize(("n", "channels", "out", "h", "w", "options"), SIZES)
@pytest.mark.parametrize("trains", [True, False])
def test_right_answers_are_torchvisions_block_state_for_state(
    exercise: Exercise, n: int, channels: int, out: int, h: int, w: int, options: dict[str, int], trains: bool
) -> None:
    for answer in (exercise.reference_answer, *exercise.accepted):
        rng = torch.Generator().manual_seed(h)
        own, its = (block.train(trains) for block in pair(answer, rng, channels, out, options))
        for _ in range(2):
            x = torch.randn(n, channels, h, w, generator=rng, dtype=torch.float64, requires_grad=True)
            leaf = x.detach().clone().requires_grad_()
            output, expected = own(x), its(leaf)
            torch.testing.assert_close(output, expected, rtol=1e-11, atol=1e-11)
            grad_output = torch.randn(expected.shape, generator=rng, dtype=torch.float64)
            got = torch.autograd.grad(output, [x, *own.parameters()], grad_output)
            wanted = torch.autograd.grad(expected, [leaf, *its.parameters()], grad_output)
            torch.testing.assert_close(got, wanted, rtol=1e-10, atol=1e-10)
            assert [buffer.dtype for buffer in own.buffers()] == [buffer.dtype for buffer in its.buffers()]
            torch.testing.assert_close(list(own.buffers()), list(its.buffers()), rtol=1e-12, atol=1e-12)
        own.eval(), its.eval()
        torch.testing.assert_close(own(x), its(x), rtol=1e-11, atol=1e-11)


def test_a_fresh_block_has_torchvisions_buffers_and_shapes(exercise: Exercise) -> None:
    for block in (*resnet18().layer1, *resnet18().layer2, resnet34().layer3[0]):
        out, channels, *_ = block.conv1.weight.shape
        own = block_class(exercise.reference_answer)(channels, out, block.stride)
        assert [tensor.shape for tensor in own.state_dict().values()] == [
            tensor.shape for tensor in block.state_dict().values()
        ]
        for mine, theirs in zip(own.buffers(), block.buffers(), strict=True):
            assert torch.equal(mine, theirs)


def test_every_shape_of_the_drawings_is_right(exercise: Exercise) -> None:
    drawings = exercise.lesson().partition("## Both blocks, with every shape")[2].partition("Their parameters")[0]
    made = block_class(exercise.reference_answer)
    for out, stride, shape, times in ((64, 1, "[N,64,56,56]", 11), (128, 2, "[N,128,28,28]", 9)):
        shapes: list[tuple[int, ...]] = []
        block = made(64, out, stride)
        for layer in block.modules():
            if isinstance(layer, (nn.Conv2d, nn.BatchNorm2d)):
                layer.register_forward_hook(lambda *seen, shapes=shapes: shapes.append(tuple(seen[2].shape[1:])))
        with torch.no_grad():
            shapes.append(tuple(block(torch.zeros(2, 64, 56, 56)).shape[1:]))
        assert [f"[N,{','.join(map(str, one))}]" for one in set(shapes)] == [shape]
        assert drawings.count(shape) == times


def test_the_lesson_counts_right(exercise: Exercise) -> None:
    made, lesson = block_class(exercise.reference_answer), exercise.lesson()
    for channels, out, stride in ((64, 64, 1), (64, 128, 2)):
        counts = [sum(own.numel() for own in layer.parameters()) for layer in made(channels, out, stride).children()]
        assert f"{sum(counts):,}" in lesson
        for count in filter(None, counts[:4]):
            assert f"{count:,}" in lesson
    shortcut = made(64, 128, 2).shortcut
    assert isinstance(shortcut, nn.Sequential)
    assert [layer.weight.numel() for layer in shortcut] == [8192, 128]  # type: ignore[operator]
    assert "8,192" in lesson
    assert nn.Conv2d(64, 128, 3, bias=False).weight.numel() == 73_728
    for net, blocks in ((resnet18(), 8), (resnet34(), 16)):
        found = [module for module in net.modules() if isinstance(module, TorchvisionBlock)]
        assert len(found) == blocks
        assert sum(block.downsample is not None for block in found) == 3


def test_the_small_figures_of_the_lesson() -> None:
    for shift in (0, 10):
        channel = torch.tensor([1.0, 3, 5]) + shift
        assert (channel - channel.mean()).tolist() == [-2, 0, 2]
    pixel, weight = torch.tensor([3.0, 4]), torch.tensor([2.0, -1])
    assert nn.functional.conv2d(pixel[None, :, None, None], weight[None, :, None, None]).item() == 2
    for h in range(1, 12):
        for s in (1, 2, 3):
            image = torch.zeros(1, 1, h, h)
            sizes = [nn.Conv2d(1, 1, k, s, k // 2)(image).shape[2] for k in (3, 1)]
            assert sizes == [(h - 1) // s + 1] * 2


def test_the_explanation_folds_a_batch_norm_right(exercise: Exercise) -> None:
    rng = torch.Generator().manual_seed(3)
    own, _ = pair(exercise.reference_answer, rng, 3, 3, {})
    own.eval()
    folded = []
    for conv, norm in ((own.conv1, own.bn1), (own.conv2, own.bn2)):
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        folded.append((conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale))
    x = torch.randn(2, 3, 5, 4, generator=rng, dtype=torch.float64)
    h = nn.functional.conv2d(x, *folded[0], padding=1).clamp(min=0)
    expected = (nn.functional.conv2d(h, *folded[1], padding=1) + x).clamp(min=0)
    torch.testing.assert_close(own(x), expected, rtol=1e-11, atol=1e-11)


# Which of the two stands first decides what PyTorch says of sizes that do not fit.
@pytest.mark.parametrize(
    ("stem", "check"),
    [
        ("stride_on_conv2", "small"),
        ("stride_on_both_convs", "eval"),
        ("stride_missing_on_conv1", "small"),
        ("stride_missing_on_shortcut", "small"),
        ("stride_of_shortcut_always_2", "small"),
        ("padding_missing", "small"),
        ("padding_missing_on_conv1", "small"),
        ("padding_missing_on_conv2", "small"),
        ("padding_on_1x1", "small"),
        ("bn2_unused", "small"),
    ],
)
def test_a_mistake_has_its_name_whichever_path_stands_first(
    exercise: Exercise, judge: Callable[..., Verdict], stem: str, check: str
) -> None:
    source = wrong(exercise, stem)
    assert "out + self.shortcut(x)" in source
    verdict = judge(source.replace("out + self.shortcut(x)", "self.shortcut(x) + out"))
    assert first_failed(verdict).id == check
    assert verdict.misconception == stem.replace("_", "-")


BN2 = "self.bn2 = nn.BatchNorm2d(out_channels)"
PROJECTION = """nn.Sequential(
                nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )"""


@pytest.mark.parametrize(
    ("changes", "check", "misconception"),
    [
        # Shared, or left out behind conv2: both have one batch norm too few.
        ([(BN2, "self.bn2 = self.bn1")], "construct", "one-batch-norm-for-both-convs"),
        ([(BN2, "self.bn2 = nn.Identity()")], "construct", "one-batch-norm-for-both-convs"),
        ([("                nn.BatchNorm2d(out_channels),", "                self.bn2,")], "construct",
         "shortcut-without-batch-norm"),
        ([(PROJECTION, "nn.AvgPool2d(stride, ceil_mode=True)")], "construct", "projection-missing"),
        ([("    def forward", "        self.eval()\n\n    def forward")], "train", "running-statistics-in-train"),
        ([("self.shortcut(x)", "self.shortcut(x).data")], "gradients", "shortcut-without-graph"),
    ],
)  # fmt: skip
def test_other_ways_to_the_same_mistake_have_its_name(
    judge: Callable[..., Verdict],
    changed: Callable[..., str],
    changes: list[tuple[str, str]],
    check: str,
    misconception: str,
) -> None:
    verdict = judge(changed(*changes))
    assert first_failed(verdict).id == check
    assert verdict.misconception == misconception


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ([("torch.relu(residual", "nn.functional.leaky_relu(residual")], "small"),
        ([("torch.relu(residual + self.shortcut(x))", "torch.relu(residual + self.shortcut(x)) + 1e-6")], "small"),
        ([("residual + self.shortcut(x)", "residual + 0.5 * self.shortcut(x)")], "small"),
        ([("residual + self.shortcut(x)", "residual + self.shortcut(x.flip(1))")], "small"),
        ([("residual = self.bn2(self.conv2(h))", "residual = self.bn2(self.conv2(h.flip(-1)))")], "eval"),
        ([("self.bn1 = nn.BatchNorm2d(out_channels)", "self.bn1 = nn.BatchNorm2d(out_channels, eps=1e-4)")], "small"),
        ([("self.bn1 = nn.BatchNorm2d(out_channels)", "self.bn1 = nn.BatchNorm2d(out_channels, momentum=0.2)")],
         "statistics"),
        ([("self.bn1 = nn.BatchNorm2d(out_channels)", "self.bn1 = nn.BatchNorm2d(out_channels, momentum=None)")],
         "statistics"),
        ([("        h = ", "        x = x - 0.1 * x.mean() * self.training\n        h = ")], "train"),
        ([("self.bn1(self.conv1(x))", "self.bn1(self.conv1(x.detach()))")], "gradients"),
        ([("self.bn1(self.conv1(x))", "self.conv1(x)"), ("torch.relu(residual", "(residual")], "small"),
        ([("residual + self", "residual - self"), ("torch.relu(self.bn1", "(self.bn1")], "small"),
    ],
)  # fmt: skip
def test_what_is_nobodys_pattern_fails_without_a_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]], check: str
) -> None:
    verdict = judge(changed(*changes))
    assert first_failed(verdict).id == check
    assert verdict.misconception is None


def test_what_does_not_fit_is_listed_on_both_sides(judge: Callable[..., Verdict], changed: Callable[..., str]) -> None:
    failed = first_failed(judge(changed((BN2, "self.bn2 = nn.InstanceNorm2d(out_channels, affine=True)"))))
    assert failed.id == "construct"
    assert failed.message == (
        "the buffers of BasicBlock(1, 1) do not fit. Asked for, in this order: (1,), (1,), (), (1,), (1,), (). "
        "Yours: bn1.running_mean (1,), bn1.running_var (1,), bn1.num_batches_tracked ()"
    )


def test_a_buffer_that_is_off_is_named_by_its_place(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    failed = first_failed(judge(wrong(exercise, "shortcut_computed_twice")))
    assert failed.id == "statistics"
    assert failed.message.startswith("the running_mean of the shortcut's batch norm is off in 2 of 2 places")


def test_a_counterexample_can_be_pasted(exercise: Exercise, judge: Callable[..., Verdict]) -> None:
    for stem in ("relu_twice_after_conv2", "running_statistics_in_train"):
        source = wrong(exercise, stem)
        example = first_failed(judge(source)).counterexample
        assert example is not None
        namespace: dict[str, Any] = {}
        exec(f"{source}\n{example.python}", namespace)
        output = namespace["output"]
        assert output[example.index].item() == pytest.approx(float(example.got))
