"""How exercise 3 is judged: the learner's conv2d beside PyTorch's, one idea a check, on images that are not square."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import torch
from torch.nn.functional import conv2d

from tutor.checks import Case, Submission, check, integers, normal, sliding_window
from tutor.verdict import Window

Shape = tuple[int, int, int, int]
S = TypeVar("S")
Two = int | tuple[int, int]
Draw = Callable[..., torch.Tensor]
Cases = Callable[[torch.Generator], Iterator[Case]]

# x (N, C_in, H, W) and weight (C_out, C_in, K, O), small first
ONE_CHANNEL = [
    ((1, 1, 2, 3), (1, 1, 1, 1)),
    ((1, 1, 3, 4), (1, 1, 2, 2)),
    ((1, 1, 4, 3), (1, 1, 2, 3)),
    ((1, 1, 5, 4), (1, 1, 3, 2)),
]
SEVERAL_CHANNELS = [
    ((1, 2, 2, 3), (1, 2, 1, 2)),
    ((1, 2, 3, 4), (1, 2, 2, 2)),
    ((1, 3, 4, 3), (1, 3, 2, 1)),
    ((1, 4, 3, 5), (1, 4, 3, 2)),
]
SEVERAL_FILTERS = [
    ((1, 1, 2, 3), (2, 1, 1, 2)),
    ((1, 2, 3, 4), (2, 2, 2, 2)),
    ((1, 1, 4, 3), (3, 1, 3, 2)),
    ((1, 3, 3, 5), (4, 3, 2, 3)),
]
SEVERAL_IMAGES = [
    ((2, 1, 1, 3), (2, 1, 1, 2)),
    ((2, 1, 2, 3), (2, 1, 2, 2)),
    ((3, 2, 3, 4), (2, 2, 2, 3)),
    ((2, 3, 4, 3), (3, 3, 3, 2)),
]
# In the third the output has as many columns as channels: a bias along the wrong axis gives no error there.
WITH_BIAS = [
    ((1, 1, 2, 3), (1, 1, 1, 2)),
    ((1, 2, 3, 4), (2, 2, 2, 2)),
    ((1, 2, 4, 3), (2, 2, 2, 2)),
    ((1, 3, 3, 5), (4, 3, 2, 3)),
]
# … and the padding; ints before pairs
WITH_PADDING = [
    ((1, 1, 2, 3), (1, 1, 2, 2), 1),
    ((1, 1, 2, 3), (1, 1, 3, 2), 2),
    ((1, 1, 3, 2), (1, 1, 2, 2), (1, 0)),
    ((1, 1, 2, 3), (1, 1, 2, 3), (0, 2)),
    ((1, 1, 4, 3), (1, 1, 3, 3), (2, 1)),
]
# … and the stride; in all but the first the last step would reach over an edge
WITH_STRIDE = [
    ((1, 1, 3, 4), (1, 1, 1, 2), 2),
    ((1, 1, 4, 6), (1, 1, 2, 3), 3),
    ((1, 1, 3, 4), (1, 1, 2, 1), (1, 2)),
    ((1, 1, 5, 4), (1, 1, 2, 2), (2, 1)),
    ((1, 1, 6, 7), (1, 1, 3, 2), (3, 2)),
]
# … and whether there is a bias, the stride, the padding
EVERYTHING = [
    ((1, 1, 2, 3), (1, 1, 2, 2), False, 1, 0),
    ((1, 2, 4, 3), (2, 2, 2, 2), True, (2, 1), (1, 0)),
    ((2, 2, 3, 5), (3, 2, 3, 2), True, (1, 2), (0, 2)),
    ((2, 3, 5, 4), (2, 3, 2, 3), True, 2, 1),
]


def a_case(
    draw: Draw, rng: torch.Generator, x: Shape, weight: Shape, *, bias: bool = False, stride: Two = 1, padding: Two = 0
) -> Case:
    """One case, with values that ``draw`` draws."""
    b = draw(rng, weight[0]) if bias else None
    return Case(
        x=draw(rng, *x),
        weight=draw(rng, *weight),
        # A bias of zero would show nothing.
        bias=None if b is None else b + (b == 0),
        stride=stride,
        padding=padding,
    )


def small_then_large(shapes: Sequence[S]) -> Iterator[tuple[Draw, S]]:
    """The smaller shapes with whole numbers, which can be followed by hand, then the larger three with normal ones.

    Three, because as many cases have to show a mistake before it is named, and whole numbers may happen to hide it.
    """
    yield from ((integers, shape) for shape in shapes[:-1])
    yield from ((normal, shape) for shape in shapes[-3:])


def cases(shapes: list[tuple[Shape, Shape]], *, bias: bool = False) -> Cases:
    return lambda rng: (a_case(draw, rng, *both, bias=bias) for draw, both in small_then_large(shapes))


def padded_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw, (x, weight, padding) in small_then_large(WITH_PADDING):
        yield a_case(draw, rng, x, weight, padding=padding)


def strided_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw, (x, weight, stride) in small_then_large(WITH_STRIDE):
        yield a_case(draw, rng, x, weight, stride=stride)


def float32_cases(rng: torch.Generator) -> Iterator[Case]:
    """Whole numbers only, so that the output's can be told apart whatever float32 does to the digits behind."""
    return (a_case(whole_float32, rng, *both, bias=True) for both in WITH_BIAS)


def whole_float32(rng: torch.Generator, *shape: int) -> torch.Tensor:
    return integers(rng, *shape).float()


def whole_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw, (x, weight, bias, stride, padding) in small_then_large(EVERYTHING):
        case = a_case(draw, rng, x, weight, bias=bias, stride=stride, padding=padding)
        output = conv2d(case.x, case.weight, case.bias, stride, padding)
        yield case.replaced("grad_output", draw(rng, *output.shape))


def seen(case: Case, index: tuple[int, ...]) -> Window:
    """The window that an element of the output is computed from."""
    return sliding_window(case.x, index, tuple(case.weight.shape[2:]), case.stride, case.padding)


@check("window", cases(ONE_CHANNEL), window=seen, shrink=("x", "weight"))
def window(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("channels", cases(SEVERAL_CHANNELS), window=seen, shrink=("x", "weight"))
def channels(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("filters", cases(SEVERAL_FILTERS), window=seen, shrink=("x", "weight"))
def filters(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("batch", cases(SEVERAL_IMAGES), window=seen, shrink=("x", "weight"))
def batch(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("bias", cases(WITH_BIAS, bias=True), window=seen, shrink=("x", "weight", "bias"))
def bias(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, case.bias)}


@check("padding", padded_cases, window=seen, shrink=("x", "weight"))
def padding(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, padding=case.padding)}


@check("stride", strided_cases, window=seen, shrink=("x", "weight"))
def stride(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, stride=case.stride)}


@check("dtype", float32_cases, window=seen, shrink=("x", "weight", "bias"))
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    output = submission.conv2d(case.x, case.weight, case.bias)
    # Not every honest program is exact in float32; through a Fourier transform, say.
    can_be_rounded = isinstance(output, torch.Tensor) and output.is_floating_point()
    return {"output": output.round() if can_be_rounded else output}


@check("gradients", whole_cases, window=seen, shrink=("x", "weight", "bias"))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return submission.conv2d.gradients(
        case.x, case.weight, case.bias, stride=case.stride, padding=case.padding, grad_output=case.grad_output
    )
