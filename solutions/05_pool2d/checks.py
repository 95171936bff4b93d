"""How exercise 5 is judged: both poolings beside PyTorch's, in four steps each, on images that are not square."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch.nn.functional import avg_pool2d

from tutor.checks import Case, Submission, check, integers, normal, sliding_window
from tutor.verdict import Window

Shape = tuple[int, int, int, int]
Two = int | tuple[int, int]
Draw = Callable[..., torch.Tensor]
Cases = Callable[[torch.Generator], Iterator[Case]]

# x (N, C, H, W) and kernel_size, small first; from the second on the windows leave a rest
ONE_NUMBER = [
    ((1, 1, 2, 4), 2),
    ((1, 2, 3, 5), 2),
    ((2, 3, 4, 5), 2),
    ((3, 2, 5, 7), 3),
]
# … and stride
STRIDES = [
    ((1, 1, 2, 3), (2, 1), None),
    ((1, 1, 3, 4), 2, 1),
    ((1, 1, 3, 4), (3, 2), None),
    ((1, 1, 3, 6), (2, 3), (1, 2)),
    ((1, 2, 5, 4), (3, 2), (1, 2)),
    ((2, 1, 6, 5), (2, 3), (3, 1)),
]
# … and padding, never more than half the kernel: PyTorch allows no more
PADDINGS = [
    ((1, 1, 2, 3), 2, None, 1),
    ((1, 1, 3, 2), 3, 1, 1),
    ((1, 1, 3, 4), (2, 3), None, (1, 0)),
    ((1, 1, 4, 3), (2, 4), (2, 1), (0, 2)),
    ((1, 2, 3, 4), (3, 2), 2, (1, 0)),
]
EVERYTHING = [
    ((1, 1, 2, 4), 2, None, 0),
    ((1, 2, 3, 5), (2, 3), (1, 2), 0),
    ((2, 2, 4, 3), 3, 1, 1),
    ((2, 3, 5, 4), (3, 2), (2, 1), (1, 0)),
]


def a_case(
    draw: Draw, rng: torch.Generator, x: Shape, kernel_size: Two, stride: Two | None = None, padding: Two = 0
) -> Case:
    """One case, with values that ``draw`` draws."""
    return Case(x=draw(rng, *x), kernel_size=kernel_size, stride=stride, padding=padding)


def cases(shapes: list[Any], whole: Draw = integers, other: Draw = normal) -> Cases:
    """The smaller shapes with whole numbers, which can be followed by hand, then the larger three with normal ones.

    Three, because as many cases have to show a mistake before it is named, and whole numbers may happen to hide it.
    """

    def draw_cases(rng: torch.Generator) -> Iterator[Case]:
        for shape in shapes[:-1]:
            yield a_case(whole, rng, *shape)
        for shape in shapes[-3:]:
            yield a_case(other, rng, *shape)

    return draw_cases


def negative_integers(rng: torch.Generator, *shape: int) -> torch.Tensor:
    return integers(rng, *shape, low=-9, high=-1)


def negative_normal(rng: torch.Generator, *shape: int) -> torch.Tensor:
    return -0.1 - normal(rng, *shape).abs()


def very_negative(rng: torch.Generator, *shape: int) -> torch.Tensor:
    return integers(rng, *shape) - 1_000_000


def max_padded_cases(rng: torch.Generator) -> Iterator[Case]:
    """Negative throughout, where a padding of zeros wins; at last so far down that no ordinary number is low enough."""
    yield from cases(PADDINGS, negative_integers, negative_normal)(rng)
    yield a_case(very_negative, rng, *PADDINGS[0])


def distinct(rng: torch.Generator, *shape: int) -> torch.Tensor:
    """Whole numbers around 0, no two alike: where entries tie, the gradient of a maximum is a matter of convention."""
    size = torch.Size(shape).numel()
    return torch.randperm(size, generator=rng).reshape(shape).double() - size // 2


def gradient_cases(rng: torch.Generator) -> Iterator[Case]:
    for case in cases(EVERYTHING, whole=distinct)(rng):
        output = avg_pool2d(case.x, case.kernel_size, case.stride, case.padding)
        yield case.replaced("grad_output", integers(rng, *output.shape))


def seen(case: Case, index: tuple[int, ...]) -> Window:
    """The window that an element of the output is computed from."""
    stride = case.kernel_size if case.stride is None else case.stride
    return sliding_window(case.x, index, case.kernel_size, stride, case.padding, channel=index[1])


values = partial(check, window=seen, shrink=("x",))


@values("max_window", cases(ONE_NUMBER))
def max_window(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.max_pool2d(case.x, case.kernel_size)}


@values("max_stride", cases(STRIDES))
def max_stride(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.max_pool2d(case.x, case.kernel_size, **stride_of(case))}


@values("max_padding", max_padded_cases)
def max_padding(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.max_pool2d(case.x, case.kernel_size, **stride_of(case), padding=case.padding)}


@check("max_gradients", gradient_cases, window=seen, shrink=("grad_output",))
def max_gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return submission.max_pool2d.gradients(
        case.x, case.kernel_size, **stride_of(case), padding=case.padding, grad_output=case.grad_output
    )


@values("avg_window", cases(ONE_NUMBER))
def avg_window(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.avg_pool2d(case.x, case.kernel_size)}


@values("avg_stride", cases(STRIDES))
def avg_stride(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.avg_pool2d(case.x, case.kernel_size, **stride_of(case))}


@values("avg_padding", cases(PADDINGS))
def avg_padding(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.avg_pool2d(case.x, case.kernel_size, **stride_of(case), padding=case.padding)}


@check("avg_gradients", gradient_cases, window=seen, shrink=("grad_output",))
def avg_gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return submission.avg_pool2d.gradients(
        case.x, case.kernel_size, **stride_of(case), padding=case.padding, grad_output=case.grad_output
    )


def stride_of(case: Case) -> dict[str, Two]:
    """The stride as an argument, left out where it is None, as one would write it."""
    return {} if case.stride is None else {"stride": case.stride}
