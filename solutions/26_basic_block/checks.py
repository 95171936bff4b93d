"""How exercise 26 is judged: against the reference, with the same parameters and running statistics in both.

The reference is held against torchvision's own block in tests/course/test_basic_block.py; here nobody needs that.

Paths that do not fit raise an error whose words depend on which of the two stands first in the sum. The sizes are such
that they fit by broadcasting wherever one of the strides is missing ("small") or applied twice ("eval"), so that these
mistakes can be told by their numbers.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Module, Submission, check, integers, normal

# n, in_channels, out_channels, h, w, stride; None leaves the stride to its default
Size = tuple[int, int, int, int, int, int | None]

# Three of a kind or more: the shape stays, only its size changes, only its channels do; and one where both do.
MADE: list[Size] = [
    *[(1, channels, channels, 1, 1, stride) for channels, stride in ((1, None), (2, 1), (2, None), (3, None))],
    *[(1, channels, channels, 1, 1, stride) for channels, stride in ((1, 2), (2, 2), (3, 3))],
    *[(1, channels, out, 1, 1, stride) for channels, out, stride in ((1, 2, 1), (2, 1, None), (2, 3, 1))],
    (1, 2, 3, 1, 1, 2),
]

# No larger than the stride, so that the output has one row and one column.
SMALL: list[Size] = [
    (1, 1, 1, 1, 1, None),
    (1, 1, 1, 1, 2, 2),
    (4, 1, 2, 1, 1, 1),
    (2, 2, 2, 1, 1, None),
    (4, 1, 2, 2, 2, 2),
    (4, 2, 2, 3, 3, 3),
    (4, 3, 2, 3, 2, 3),
    (4, 2, 3, 3, 3, 3),
]

# No larger than the stride's square.
LARGER: list[Size] = [
    (1, 1, 1, 3, 4, None),
    (1, 2, 2, 4, 3, 2),
    (1, 2, 3, 3, 4, None),
    (2, 2, 2, 4, 3, 1),
    (1, 1, 2, 3, 3, 2),
    (2, 3, 2, 5, 7, 3),
]

# Four numbers or more in each channel of the output, for the statistics.
BATCHES: list[Size] = [
    (2, 1, 1, 3, 2, None),
    (2, 2, 2, 4, 3, 2),
    (3, 2, 3, 3, 4, 1),
    (4, 2, 2, 3, 3, None),
    (2, 3, 2, 5, 7, 2),
]

KINDS = ("running_mean", "running_var", "num_batches_tracked")
BUFFERS = [f"{kind} of {norm}" for norm in ("bn1", "bn2", "the shortcut's batch norm") for kind in KINDS]


def parameters(rng: torch.Generator, *, whole: bool, channels: int, out: int, projects: bool) -> list[torch.Tensor]:
    """Kernel, γ and β for each convolution."""
    kernels = [(out, channels, 3, 3), (out, out, 3, 3), (out, channels, 1, 1)]
    draw, found = integers if whole else normal, []
    for kernel in kernels[: 2 + projects]:
        gamma = integers(rng, out, low=0, high=2) + 0.5 if whole else normal(rng, out)
        found += [draw(rng, *kernel), gamma, draw(rng, out)]
    return found


def buffers(rng: torch.Generator, *, whole: bool, out: int, projects: bool) -> list[torch.Tensor]:
    """The statistics of each batch norm, and how many batches it has seen."""
    found = []
    for _ in range(2 + projects):
        mean = integers(rng, out) if whole else normal(rng, out)
        variance = integers(rng, out, low=1, high=4) if whole else normal(rng, out).square() + 0.5
        found += [mean, variance, integers(rng, low=0, high=9).long()]
    return found


def cases(sizes: Iterable[Size], *, whole: bool = True) -> Callable[[torch.Generator], Iterator[Case]]:
    """A case of every size, by turns in train and in eval mode where that matters.

    Whole numbers are not for gradients: where a sum is 0, that of ReLU is a matter of convention.
    """
    draw = integers if whole else normal

    def drawn(rng: torch.Generator) -> Iterator[Case]:
        for place, (n, channels, out, h, w, stride) in enumerate(sizes):
            step = stride or 1
            projects = step != 1 or channels != out
            yield Case(
                channels=(channels, out),
                options={} if stride is None else {"stride": stride},
                parameters=parameters(rng, whole=whole, channels=channels, out=out, projects=projects),
                buffers=buffers(rng, whole=whole, out=out, projects=projects),
                x=draw(rng, n, channels, h, w),
                second=draw(rng, n + 1, channels, w, h),
                third=draw(rng, 1, channels, h, w),
                trains=place % 2 == 0,
                grad_output=draw(rng, n, out, (h - 1) // step + 1, (w - 1) // step + 1),
            )

    return drawn


def made(submission: Submission, case: Case) -> Module:
    block = submission.BasicBlock(*case.channels, **case.options)
    # Number, order and shapes are seen by whether parameters and buffers go in.
    block.load_parameters(case.parameters)
    block.load_buffers(case.buffers)
    return block


@check("construct", cases(MADE))
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    made(submission, case)
    return {}


@check("small", cases(SMALL), shrink=["x"])
def small(submission: Submission, case: Case) -> dict[str, Any]:
    block = made(submission, case)
    block.eval()
    return {"output": block(case.x)}


@check("eval", cases(LARGER), shrink=["x"])
def evaluation(submission: Submission, case: Case) -> dict[str, Any]:
    block = made(submission, case)
    block.eval()
    return {"output": block(case.x)}


@check("train", cases(BATCHES))
def training(submission: Submission, case: Case) -> dict[str, Any]:
    # A new module is in train mode.
    return {"output": made(submission, case)(case.x)}


@check("statistics", cases(BATCHES))
def statistics(submission: Submission, case: Case) -> dict[str, Any]:
    block = made(submission, case)
    block(case.x)
    block(case.second)
    kept = dict(zip(BUFFERS, block.buffers().values(), strict=False))
    block.eval()
    return {**kept, "output": block(case.third)}


@check("gradients", cases(BATCHES, whole=False))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    block = made(submission, case)
    if not case.trains:
        block.eval()
    return block.gradients(case.x, grad_output=case.grad_output)
