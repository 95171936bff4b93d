"""How exercise 25 is judged: against the reference, forward and backward, with the same parameters in both.

Paths that do not fit raise an error whose words depend on which of the two stands first in the sum. The sizes are such
that they fit by broadcasting wherever one of the strides is missing ("small") or applied twice ("forward"), so that
these mistakes can be told by their numbers.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Module, Submission, check, integers, normal

# n, in_channels, hidden_channels, out_channels, h, w, stride; None leaves the stride to its default
Size = tuple[int, int, int, int, int, int, int | None]

# No larger than the stride, so that the output has one row and one column.
SMALL: list[Size] = [
    (1, 1, 1, 1, 1, 1, 1),
    (1, 1, 1, 1, 1, 2, 2),
    (1, 1, 2, 1, 2, 2, None),
    (2, 2, 1, 2, 1, 1, 1),
    (1, 2, 1, 2, 2, 1, 2),
    (1, 1, 2, 3, 3, 3, 3),
    (2, 2, 2, 3, 2, 2, None),
    (2, 3, 2, 3, 1, 1, 1),
    (1, 2, 3, 2, 3, 3, 3),
    (2, 3, 2, 1, 3, 2, 3),
]

# No larger than the stride's square.
LARGER: list[Size] = [
    (1, 1, 1, 1, 3, 4, None),
    (1, 2, 1, 3, 4, 3, 2),
    (2, 2, 3, 2, 3, 3, None),
    (1, 2, 2, 2, 4, 3, 1),
    (1, 2, 3, 1, 7, 5, 3),
    (2, 3, 2, 2, 4, 8, 3),
]

LARGEST: list[Size] = [
    (1, 1, 2, 1, 2, 3, None),
    (2, 2, 3, 2, 6, 5, 2),
    (1, 2, 1, 3, 5, 7, None),
    (2, 3, 2, 2, 4, 3, 1),
    (1, 2, 2, 1, 7, 8, 3),
]


def cases(
    sizes: Iterable[Size], draw: Callable[..., torch.Tensor] = integers
) -> Callable[[torch.Generator], Iterator[Case]]:
    """A case of every size; with whole numbers, which can be followed by hand, unless ``draw`` says otherwise.

    Gradients need others: where a sum is 0, the gradient of ReLU is a matter of convention.
    """

    def drawn(rng: torch.Generator) -> Iterator[Case]:
        for n, channels, hidden, out, h, w, stride in sizes:
            kernels = [(hidden, channels, 3, 3), (out, hidden, 3, 3), (out, channels, 3, 3)]
            shapes = [shape for kernel in kernels for shape in (kernel, kernel[:1])]
            step = 2 if stride is None else stride
            yield Case(
                channels=(channels, hidden, out),
                options={} if stride is None else {"stride": stride},
                parameters=[draw(rng, *shape) for shape in shapes],
                x=draw(rng, n, channels, h, w),
                grad_output=draw(rng, n, out, (h - 1) // step + 1, (w - 1) // step + 1),
            )

    return drawn


def made(submission: Submission, case: Case) -> Module:
    block = submission.ProjectionBlock(*case.channels, **case.options)
    # Number, order and shapes are seen by whether the parameters go in.
    block.load_parameters(case.parameters)
    return block


@check("construct", cases(SMALL))
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    made(submission, case)
    return {}


@check("small", cases(SMALL), shrink=["x"])
def small(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": made(submission, case)(case.x)}


@check("forward", cases(LARGER), shrink=["x"])
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": made(submission, case)(case.x)}


@check("gradients", cases(LARGEST, normal))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return made(submission, case).gradients(case.x, grad_output=case.grad_output)
