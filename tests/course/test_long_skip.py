"""Exercise 27, the long skip: its figures, its reference, its cases, and what gets a name."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.checks import Case
    from tutor.course import Exercise
    from tutor.verdict import Verdict

SLUG = "long-skip"

# channels, then n, h, w of x, then rows and columns that the skip has too many
OTHER_SHAPES = [
    ((1, 1, 1), (1, 1, 1), (0, 0)),
    ((8, 4, 4), (2, 3, 3), (0, 0)),
    ((2, 5, 3), (4, 5, 2), (1, 0)),
    ((3, 2, 6), (1, 2, 7), (9, 6)),
    ((7, 1, 2), (2, 6, 1), (2, 11)),
]

CROP = "    skip = centre_crop(skip, *x.shape[2:])"
CAT = "torch.cat([skip, x], dim=1)"
CONV1 = "torch.relu(self.conv1(x))"
LAST = "return torch.relu(self.conv2(x))"
TOP, LEFT = "(image.shape[2] - height) // 2", "(image.shape[3] - width) // 2"


def made(exercise: Exercise, *channels: int) -> nn.Module:
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    module: nn.Module = namespace["UpBlock"](*channels).double()
    return module


def formula(x: torch.Tensor, skip: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
    """Entry by entry to twice the size; then the shifted images of each convolution, added up."""
    up, up_bias, *convs = parameters
    h, w = x.shape[2:]
    top, left = (skip.shape[2] - 2 * h) // 2, (skip.shape[3] - 2 * w) // 2
    rows = [
        torch.stack([x[:, :, r // 2, c // 2] @ up[:, :, r % 2, c % 2] + up_bias for c in range(2 * w)], dim=-1)
        for r in range(2 * h)
    ]
    both = [skip[:, :, top : top + 2 * h, left : left + 2 * w], torch.stack(rows, dim=-2)]
    y = torch.cat(both, dim=1)
    for weight, bias in (convs[:2], convs[2:]):
        padded = F.pad(y, (1, 1, 1, 1))
        y = bias[:, None, None] + sum(
            torch.einsum("nchw,fc->nfhw", padded[:, :, i : i + 2 * h, j : j + 2 * w], weight[:, :, i, j])
            for i in range(3)
            for j in range(3)
        )
        y = y * (y > 0)
    return y


def first_failed(verdict: Verdict) -> str:
    return next(check.id for check in verdict.checks if check.status != "pass")


@pytest.mark.parametrize(("channels", "sizes", "more"), OTHER_SHAPES)
def test_the_reference_is_the_formula_forward_and_backward(
    exercise: Exercise, channels: tuple[int, int, int], sizes: tuple[int, int, int], more: tuple[int, int]
) -> None:
    torch.manual_seed(sum(channels))
    (n, h, w), module = sizes, made(exercise, *channels)
    x = torch.randn(n, channels[0], h, w, dtype=torch.float64, requires_grad=True)
    skip = torch.randn(n, channels[1], 2 * h + more[0], 2 * w + more[1], dtype=torch.float64, requires_grad=True)
    leaves = [x, skip, *module.parameters()]
    output, expected = module(x, skip), formula(*leaves)
    assert output.shape == (n, channels[2], 2 * h, 2 * w)
    torch.testing.assert_close(output, expected, rtol=1e-11, atol=1e-11)
    grad_output = torch.randn_like(expected)
    for own, its in zip(
        torch.autograd.grad(output, leaves, grad_output),
        torch.autograd.grad(expected, leaves, grad_output),
        strict=True,
    ):
        torch.testing.assert_close(own, its, rtol=1e-11, atol=1e-11)


def test_the_lessons_row_overlaps_as_it_says() -> None:
    row, kernel = torch.tensor([[[1, 3]]]).double(), torch.tensor([[[1, 2, 1]]]).double()
    assert F.conv_transpose1d(row, kernel, stride=2).tolist() == [[[1, 2, 4, 6, 3]]]


@pytest.mark.parametrize(("size", "kernel", "stride", "padding"), [(28, 2, 2, 0), (2, 3, 2, 0), (5, 4, 3, 1)])
def test_the_formula_of_the_size_is_pytorchs(size: int, kernel: int, stride: int, padding: int) -> None:
    row = F.conv_transpose1d(torch.ones(1, 1, size), torch.ones(1, 1, kernel), stride=stride, padding=padding)
    assert row.shape[2] == (size - 1) * stride - 2 * padding + kernel


def test_the_block_in_the_lesson_has_these_shapes_and_weights(exercise: Exercise) -> None:
    block, seen = made(exercise, 64, 24, 32), []
    for layer in block.children():
        layer.register_forward_hook(lambda _, inputs, output: seen.extend([inputs[0].shape, output.shape]))
    output = block(torch.zeros(2, 64, 7, 9).double(), torch.zeros(2, 24, 15, 18).double())
    lesson = exercise.lesson()
    for shape in (*seen, output.shape):
        assert str(list(shape)) in lesson
    assert [list(shape) for shape in seen[:4]] == [[2, 64, 7, 9], [2, 32, 14, 18], [2, 56, 14, 18], [2, 32, 14, 18]]
    with_skip, without = block.conv1.weight.numel(), nn.Conv2d(32, 32, 3).weight.numel()  # type: ignore[union-attr,operator]
    assert f"{with_skip:,} weights" in lesson
    assert f"32·32·9 = {without:,}" in lesson


def test_unets_maps_have_the_sizes_in_the_lesson(exercise: Exercise) -> None:
    # Without padding a 3×3 convolution takes two rows, a pooling half of them; sizes before each pooling.
    size, before_pooling = 572, []
    for _ in range(4):
        before_pooling.append(size - 4)
        size = (size - 4) // 2
    bottom = size - 4
    assert (bottom, before_pooling) == (28, [568, 280, 136, 64])
    up = F.conv_transpose2d(torch.ones(1, 2, bottom, bottom), torch.ones(2, 1, 2, 2), stride=2)
    assert up.shape == (1, 1, 56, 56)
    for size in (28, 56, 54, 52):
        assert f", {size}, {size}]" in exercise.lesson()
    assert "[N,  512, 64, 64]" in exercise.lesson()
    assert round(64 * 568 * 568 * 4 / 1e6) == 83


@pytest.mark.parametrize(
    "line", [(4, 4, 0, 0, 0), (5, 4, 0, 0, 1), (6, 4, 1, 1, 1), (7, 4, 1, 1, 2), (64, 56, 4, 4, 4)]
)
def test_the_table_of_crops_is_what_the_reference_does(exercise: Exercise, line: tuple[int, ...]) -> None:
    height, needed, top, above, below = line
    namespace: dict[str, Any] = {}
    exec(exercise.reference("ada"), namespace)
    rows = torch.arange(height)[None, None, :, None].expand(1, 1, height, 6)
    kept = namespace["centre_crop"](rows, needed, 6)[0, 0, :, 0].tolist()
    assert kept == list(range(top, top + needed))
    assert (kept[0], height - 1 - kept[-1]) == (above, below)


def test_an_identity_upsamples_by_repeating(exercise: Exercise) -> None:
    up = nn.ConvTranspose2d(3, 3, 2, stride=2, bias=False)
    with torch.no_grad():
        up.weight.copy_(torch.eye(3)[:, :, None, None].expand(3, 3, 2, 2))
    x = torch.randn(2, 3, 2, 3)
    assert torch.equal(up(x), nn.Upsample(scale_factor=2)(x))
    assert "nn.Upsample(scale_factor=2)" in exercise.explanation()


def test_an_output_size_adds_a_row_to_which_no_copy_reaches() -> None:
    up = nn.ConvTranspose2d(1, 1, 2, stride=2)
    enlarged = up(torch.ones(1, 1, 2, 3), output_size=(5, 6))
    assert enlarged.shape == (1, 1, 5, 6)
    assert (enlarged[0, 0, 4] == up.bias).all()


@pytest.fixture(scope="module")
def drawn_cases(exercise: Exercise) -> dict[str, list[Case]]:
    author = runpy.run_path(str(exercise.checks_file))
    return {
        entry.id: list(author[entry.id].cases(torch.Generator().manual_seed(1))) for entry in exercise.manifest.check
    }


def test_the_first_crops_give_the_middle_of_the_skip_itself(
    exercise: Exercise, drawn_cases: dict[str, list[Case]]
) -> None:
    for case, top, left in zip(drawn_cases["crop"], (1, 1, 0, 1, 1), (0, 2, 0, 1, 3), strict=False):
        output = formula(case.x, case.skip, *case.parameters)
        assert torch.equal(output, case.skip[:, :, top : top + 2, left : left + 4])


@pytest.mark.parametrize(
    "off",
    [
        lambda more: (more + 1) // 2,
        lambda more: round(more / 2),
        lambda _: 0,
        lambda more: more,
    ],
)
def test_every_other_rounding_shows_on_three_crops_at_least(
    drawn_cases: dict[str, list[Case]], off: Callable[[int], int]
) -> None:
    too_many = [
        (case.skip.shape[2] - 2 * case.x.shape[2], case.skip.shape[3] - 2 * case.x.shape[3])
        for case in drawn_cases["crop"]
    ]
    assert sum(any(off(more) != more // 2 for more in case) for case in too_many) >= 3


def test_no_sum_of_whole_numbers_is_zero_where_gradients_are_taken(
    exercise: Exercise, drawn_cases: dict[str, list[Case]]
) -> None:
    for case in drawn_cases["gradients"]:
        block = made(exercise, *case.channels)
        sums: list[torch.Tensor] = []
        for own, value in zip(block.parameters(), case.parameters, strict=True):
            own.data.copy_(value)
        for layer in list(block.children())[1:]:
            layer.register_forward_hook(lambda _, __, output, sums=sums: sums.append(output))
        block(case.x, case.skip)
        assert len(sums) == 2
        assert all((output != 0).all() for output in sums)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ((LAST, "return 1e-6 + torch.relu(self.conv2(x))"), "forward"),
        ((LAST, "return torch.sigmoid(self.conv2(x))"), "forward"),
        ((CONV1, "nn.functional.leaky_relu(self.conv1(x))"), "forward"),
        ((CAT, "torch.cat([skip, x.mT.mT.flip(1)], dim=1) + 1"), "forward"),
        ((CAT, "torch.cat([skip[:1].expand_as(skip), x], dim=1)"), "forward"),
        ((" 3, padding=1)", " 3, padding=1, padding_mode='replicate')"), "forward"),
        (("x = self.up(x)", "x = self.up(x.flip(3)).flip(3)"), "forward"),
        ((CROP, "    skip = 2 * centre_crop(skip, *x.shape[2:])"), "forward"),
        ((TOP, f"{TOP} * 2"), "crop"),
        ((TOP, f"min({TOP}, 1)"), "crop"),
        ((CROP, "    skip = centre_crop(skip, *x.shape[2:]).detach() + 0 * skip.sum()"), "gradients"),
        (
            ("torch.relu(self.conv1(x))", "torch.relu(self.conv1(x).detach() + self.conv1.bias[:, None, None] * 0)"),
            "gradients",
        ),
    ],
)
def test_what_is_nobodys_pattern_fails_without_a_name(
    exercise: Exercise, judge: Callable[..., Verdict], change: tuple[str, str], check: str
) -> None:
    source = exercise.reference("ada")
    assert change[0] in source
    verdict = judge(source.replace(*change))
    assert first_failed(verdict) == check
    assert verdict.misconception is None


@pytest.mark.parametrize(
    "changes",
    [
        [(CAT, "torch.cat([x, skip], dim=1)"), (LAST, "return self.conv2(x)")],
        [("x = self.up(x)", "x = torch.relu(self.up(x))"), (CONV1, "self.conv1(x)")],
        [(TOP, f"-(-({TOP.removesuffix(' // 2')}) // 2)"), (LEFT, "0")],
        [
            (" 2, stride=2)", " 3, stride=2)"),
            ("nn.Conv2d(both", "nn.Conv2d(in_channels"),
        ],
    ],
)
def test_two_mistakes_at_once_get_no_name(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]]
) -> None:
    verdict = judge(changed(*changes))
    assert verdict.verdict == "fail"
    assert verdict.misconception is None


NO_SKIP = ("nn.Conv2d(both, ", "nn.Conv2d(out_channels, ")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ([NO_SKIP, (CAT, "x")], "added-or-left-out"),
        ([NO_SKIP, (CAT, "x + skip")], "added-or-left-out"),
        ([(CROP, ""), (CAT, "torch.cat((x, skip), 1)")], "upsampled-first"),
        ([(CROP, ""), (", stride=2", "")], "stride-1-does-not-fit"),
        ([(TOP, f"int(round({TOP[:-5]} / 2.0))"), (LEFT, f"int(round({LEFT[:-5]} / 2.0))")], "half-rounded-to-even"),
        ([("nn.ConvTranspose2d", "nn.Conv2d"), ("self.conv1 =", "self.first ="), ("self.conv1(", "self.first(")],
         "conv-for-transposed"),
        ([("def forward(self, x: torch.Tensor, skip: torch.Tensor)", "def forward(self, b, a)"),
          ("x = self.up(x)  # (N, out, 2h, 2w)", "x, skip = self.up(a), b")], "arguments-swapped"),
        ([(CROP, ""), ("x = self.up(x)", "x = self.up(x, output_size=skip.size())")], "output-size-of-skip"),
        ([(CROP, "    skip = centre_crop(skip.data, *x.shape[2:])")], "skip-detached"),
        ([(TOP, f"{TOP} + 1")], "crop-one-short"),
        ([("top : top + height,", "top : top + height - 1,")], "crop-one-short"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_name_however_it_is_written(
    judge: Callable[..., Verdict], changed: Callable[..., str], changes: list[tuple[str, str]], name: str
) -> None:
    assert judge(changed(*changes)).misconception == name


def test_parameters_that_do_not_fit_are_listed_beside_those_asked_for(
    judge: Callable[..., Verdict], changed: Callable[..., str]
) -> None:
    message = judge(changed(("nn.ConvTranspose2d", "nn.Conv2d"))).checks[0].message
    assert message.startswith("the parameters of UpBlock(2, 3, 1) do not fit. Asked for, in this order: (2, 1, 2, 2), ")
    assert "Yours: up.weight (1, 2, 2, 2), up.bias (1,), conv1.weight (1, 4, 3, 3)" in message


@pytest.mark.parametrize(
    ("change", "expected", "got"),
    [((CAT, "torch.cat([x, skip], dim=1)"), None, None), (("image[:, :, top : top", "image[:, :, : 0"), "5", "1")],
)
def test_a_counterexample_fits_the_screen_and_can_be_pasted(
    judge: Callable[..., Verdict],
    changed: Callable[..., str],
    change: tuple[str, str],
    expected: str | None,
    got: str | None,
) -> None:
    source = changed(change)
    example = next(check.counterexample for check in judge(source).checks if check.counterexample)
    assert example is not None
    assert max(map(len, example.python.splitlines())) <= 75
    assert len(example.python.splitlines()) <= 20
    namespace: dict[str, Any] = {}
    exec(f"{source}\n{example.python}", namespace)
    assert f"{namespace['output'][example.index].item():g}" == example.got
    if expected:
        assert (example.expected, example.got) == (expected, got)


def test_the_convolutions_may_be_loops_over_every_entry(judge: Callable[..., Verdict]) -> None:
    source = """
import torch
from torch import nn

def conv(x, layer):
    x = nn.functional.pad(x, (1, 1, 1, 1))
    rows = [
        torch.stack([
            torch.einsum("ncij,fcij->nf", x[:, :, r : r + 3, c : c + 3], layer.weight) + layer.bias
            for c in range(x.shape[3] - 2)
        ], dim=-1)
        for r in range(x.shape[2] - 2)
    ]
    return torch.stack(rows, dim=-2)

class UpBlock(nn.Module):
    def __init__(self, in_channels, skip_channels, out_channels):
        super().__init__()
        self.a = nn.ConvTranspose2d(in_channels, out_channels, 2, 2)
        self.b = nn.Conv2d(skip_channels + out_channels, out_channels, 3)
        self.c = nn.Conv2d(out_channels, out_channels, 3)

    def forward(self, x, skip):
        n, _, h, w = x.shape
        large = torch.zeros(n, len(self.a.bias), 2 * h, 2 * w, dtype=x.dtype)
        for r in range(h):
            for c in range(w):
                for i in range(2):
                    for j in range(2):
                        large[:, :, 2 * r + i, 2 * c + j] += x[:, :, r, c] @ self.a.weight[:, :, i, j] + self.a.bias
        top, left = (skip.shape[2] - 2 * h) // 2, (skip.shape[3] - 2 * w) // 2
        x = torch.cat([skip[:, :, top:, left:][:, :, : 2 * h, : 2 * w], large], dim=1)
        return conv(conv(x, self.b).relu(), self.c).relu()
"""
    assert judge(source).passed
