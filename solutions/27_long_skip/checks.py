"""How exercise 27 is judged: against the reference, forward and backward, with the same parameters in both."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, check, integers, normal

# in_channels, skip_channels, out_channels: never two alike, and never in_channels = skip_channels + out_channels, as
# U-Net itself has it
CHANNELS = [(2, 3, 1), (5, 1, 2), (4, 2, 3), (3, 5, 2), (6, 3, 4)]

# The channels, then n, h, w of x: small first, and h is never w
SIZES = [
    ((2, 3, 1), (1, 1, 2)),
    ((3, 1, 2), (1, 2, 1)),
    ((2, 1, 3), (2, 2, 3)),
    ((4, 2, 3), (3, 3, 2)),
    ((3, 4, 2), (2, 3, 4)),
]

# … and how many rows and columns the skip has too many: none at all, some of one axis only, even and odd numbers.
# Rounding an odd number's half down, up, or to the even neighbour (as Python's round does) each differ on three at
# least.
CROPS = [
    ((2, 3, 1), (1, 1, 2), (1, 2)),
    ((3, 1, 2), (1, 2, 1), (3, 1)),
    ((2, 1, 3), (2, 1, 3), (2, 3)),
    ((2, 3, 1), (3, 2, 1), (0, 5)),
    ((3, 2, 1), (2, 2, 3), (7, 3)),
    ((2, 1, 3), (1, 3, 2), (8, 1)),
]

# With these no sum of whole numbers is 0, where the gradient of ReLU is a matter of convention.
BIAS_SHIFTS = (0.0, 0.0, 0.0, 0.5, 0.0, 0.25)

# A thread: the convolutions have one weight each, in the middle, so that they only hand one of the two maps on.
THREAD = """\
shapes = [(2, 1, 2, 2), (1,), (1, 2, 3, 3), (1,), (1, 1, 3, 3), (1,)]
parameters = [torch.zeros(shape).double() for shape in shapes]
parameters[0][0, 0] = torch.tensor({up})  # up
parameters[2][0, {channel}, 1, 1] = {first}  # conv1, on the {which}
parameters[4][0, 0, 1, 1] = {second}  # conv2
x = torch.tensor({x}).double()
skip = {skip}"""
SKIP, UPSAMPLED = (0, "skip"), (1, "upsampled map")
Map = tuple[int, str]

# The map that is handed on, the weights of conv1 and conv2, and the sign of what comes in. The first two are plain;
# each of the others needs one ReLU, or none, to come out right.
FITTING = [
    (UPSAMPLED, 1, 1, 1),
    (SKIP, 1, 1, 1),
    (UPSAMPLED, -1, 1, -1),
    (SKIP, -1, 1, -1),
    (SKIP, -1, -1, 1),
    (SKIP, 1, -1, 1),
]

# Rows and columns too many: even, then odd
FRAMES = [(2, 0), (2, 4), (0, 1), (3, 2), (3, 7)]


def random_case(
    rng: torch.Generator,
    draw: Callable[..., torch.Tensor],
    channels: tuple[int, int, int],
    sizes: tuple[int, int, int],
    more: tuple[int, int] = (0, 0),
) -> Case:
    """Random parameters and maps; the skip has ``more`` rows and columns than it needs."""
    in_channels, skip_channels, out_channels = channels
    n, h, w = sizes
    shapes = [
        *((in_channels, out_channels, 2, 2), (out_channels,)),
        *((out_channels, skip_channels + out_channels, 3, 3), (out_channels,)),
        *((out_channels, out_channels, 3, 3), (out_channels,)),
    ]
    return Case(
        channels=channels,
        parameters=[draw(rng, *shape) + shift for shape, shift in zip(shapes, BIAS_SHIFTS, strict=True)],
        x=draw(rng, n, in_channels, h, w),
        skip=draw(rng, n, skip_channels, 2 * h + more[0], 2 * w + more[1]),
        grad_output=draw(rng, n, out_channels, 2 * h, 2 * w),
    )


def thread(rng: torch.Generator, which: Map, first: int, second: int, sign: int = 1) -> Case:
    """A skip that fits, and whole numbers of one sign all over."""
    skip = sign * integers(rng, 1, 1, 2, 4, low=1, high=5).long()
    python = THREAD.format(
        up=integers(rng, 2, 2, low=1, high=3).long().tolist(),
        channel=which[0],
        which=which[1],
        first=first,
        second=second,
        x=(sign * integers(rng, 1, 2, 1, 2, low=1, high=5).long()).tolist(),
        skip=f"torch.tensor({skip.tolist()}).double()",
    )
    return Case.from_python(python, channels=(2, 1, 1))


def framed(rows: int, columns: int) -> Case:
    """A skip with so many rows and columns too many, its entries numbered: the output is what the crop leaves."""
    height, width = 2 + rows, 4 + columns
    python = THREAD.format(
        up=[[1, 2], [3, 4]],
        channel=SKIP[0],
        which=SKIP[1],
        first=1,
        second=1,
        x=[[[[1, 2]], [[3, 4]]]],
        skip=f"torch.arange(1, {height * width + 1}).double().reshape(1, 1, {height}, {width})",
    )
    return Case.from_python(python, channels=(2, 1, 1))


def one_of_each(rng: torch.Generator) -> Iterator[Case]:
    for channels in CHANNELS:
        yield random_case(rng, integers, channels, (1, 1, 1))


def fitting(rng: torch.Generator) -> Iterator[Case]:
    for knobs in FITTING:
        yield thread(rng, *knobs)
    for draw, (channels, sizes) in zip((integers, *[normal] * 4), SIZES, strict=True):
        yield random_case(rng, draw, channels, sizes)


def too_large(rng: torch.Generator) -> Iterator[Case]:
    for frame in FRAMES:
        yield framed(*frame)
    for sizes in CROPS:
        yield random_case(rng, normal, *sizes)


def both(rng: torch.Generator) -> Iterator[Case]:
    for channels, sizes in SIZES[:3]:
        yield random_case(rng, integers, channels, sizes)
    for sizes in CROPS[2:]:
        yield random_case(rng, normal, *sizes)


@check("construct", one_of_each)
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.UpBlock(*case.channels)
    # Number, order and shapes are seen by whether the parameters go in.
    block.load_parameters(case.parameters)
    return {}


@check("forward", fitting)
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.UpBlock(*case.channels)
    block.load_parameters(case.parameters)
    return {"output": block(case.x, case.skip)}


@check("crop", too_large)
def crop(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.UpBlock(*case.channels)
    block.load_parameters(case.parameters)
    return {"output": block(case.x, case.skip)}


@check("gradients", both)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.UpBlock(*case.channels)
    block.load_parameters(case.parameters)
    return block.gradients(case.x, case.skip, grad_output=case.grad_output)
