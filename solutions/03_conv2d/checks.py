"""How exercise 3 is judged: the learner's conv2d beside PyTorch's, one idea a check, on images that are not square."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn.functional import conv2d

from tutor.checks import Case, Submission, Window, check, integers, normal, sliding_window

Shape = tuple[int, int, int, int]
Two = int | tuple[int, int]

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
    ((2, 3, 3, 5), (4, 3, 2, 3)),
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


def cases(shapes: list[tuple[Shape, Shape]]) -> Callable[[torch.Generator], Iterator[Case]]:
    """Every shape with whole numbers, which can be followed by hand, then with normal ones."""

    def draw_cases(rng: torch.Generator) -> Iterator[Case]:
        for draw in (integers, normal):
            for x, weight in shapes:
                yield Case(x=draw(rng, *x), weight=draw(rng, *weight))

    return draw_cases


def padded_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw in (integers, normal):
        for x, weight, padding in WITH_PADDING:
            yield Case(x=draw(rng, *x), weight=draw(rng, *weight), padding=padding)


def strided_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw in (integers, normal):
        for x, weight, stride in WITH_STRIDE:
            yield Case(x=draw(rng, *x), weight=draw(rng, *weight), stride=stride)


def biased_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw in (integers, normal):
        for x, weight in WITH_BIAS:
            bias = draw(rng, weight[0])
            # A bias of zero would show nothing.
            yield Case(x=draw(rng, *x), weight=draw(rng, *weight), bias=bias + (bias == 0))


def float32_cases(rng: torch.Generator) -> Iterator[Case]:
    """Whole numbers only: float32 holds their sums exactly, in whatever order they are added up."""
    for x, weight in WITH_BIAS:
        yield Case(**{
            name: integers(rng, *shape).float() for name, shape in (("x", x), ("weight", weight), ("bias", weight[:1]))
        })


def whole_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw in (integers, normal):
        for x_shape, weight_shape, has_bias, stride, padding in EVERYTHING:
            x, weight = draw(rng, *x_shape), draw(rng, *weight_shape)
            bias = draw(rng, weight_shape[0]) if has_bias else None
            grad_output = draw(rng, *conv2d(x, weight, bias, stride, padding).shape)
            yield Case(x=x, weight=weight, bias=bias, stride=stride, padding=padding, grad_output=grad_output)


def seen(case: Case, index: tuple[int, ...]) -> Window | None:
    """The window that an element of the output is computed from."""
    return sliding_window(case.x, index, tuple(case.weight.shape[2:]), case.get("stride", 1), case.get("padding", 0))


@check("window", cases(ONE_CHANNEL), window=seen)
def window(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("channels", cases(SEVERAL_CHANNELS), window=seen)
def channels(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("filters", cases(SEVERAL_FILTERS), window=seen)
def filters(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("batch", cases(SEVERAL_IMAGES), window=seen)
def batch(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight)}


@check("bias", biased_cases, window=seen)
def bias(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, case.bias)}


@check("padding", padded_cases, window=seen)
def padding(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, padding=case.padding)}


@check("stride", strided_cases, window=seen)
def stride(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, stride=case.stride)}


@check("dtype", float32_cases, window=seen)
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.conv2d(case.x, case.weight, case.bias)}


@check("gradients", whole_cases, window=seen)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return submission.conv2d.gradients(
        case.x, case.weight, case.bias, stride=case.stride, padding=case.padding, grad_output=case.grad_output
    )
