"""How exercise 24 is judged: against the reference, forward and backward, with the same parameters in both.

Paths that do not fit raise an error whose words depend on which of the two stands first in the sum. The images of
"forward" are too small for two 3×3 kernels without padding, which raise an error of their own; so a missing padding can
be told whichever way the sum is written.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Module, Submission, check, integers, normal

# n, channels, hidden_channels, h, w: small first; with as many hidden channels as channels and with others
Size = tuple[int, int, int, int, int]

SMALL: list[Size] = [
    (1, 1, 1, 1, 2),
    (1, 1, 2, 2, 3),
    (1, 2, 1, 3, 2),
    (1, 1, 1, 3, 3),
    (1, 2, 2, 2, 5),
    (1, 2, 3, 3, 3),
    (2, 2, 3, 4, 2),
    (2, 3, 2, 3, 3),
    (3, 3, 3, 2, 6),
    (2, 4, 5, 5, 2),
]

LARGER: list[Size] = [
    (1, 1, 2, 3, 4),
    (2, 2, 3, 4, 3),
    (2, 3, 2, 5, 4),
    (1, 2, 2, 1, 7),
    (3, 3, 3, 4, 6),
    (2, 4, 5, 6, 5),
]


def cases(
    sizes: Iterable[Size], draw: Callable[..., torch.Tensor] = integers
) -> Callable[[torch.Generator], Iterator[Case]]:
    """A case of every size; with whole numbers, which can be followed by hand, unless ``draw`` says otherwise.

    Gradients need others: where a sum is 0, the gradient of ReLU is a matter of convention.
    """

    def drawn(rng: torch.Generator) -> Iterator[Case]:
        for n, channels, hidden, h, w in sizes:
            shapes = [(hidden, channels, 3, 3), (hidden,), (channels, hidden, 3, 3), (channels,)]
            yield Case(
                channels=channels,
                hidden_channels=hidden,
                parameters=[draw(rng, *shape) for shape in shapes],
                x=draw(rng, n, channels, h, w),
                grad_output=draw(rng, n, channels, h, w),
            )

    return drawn


def made(submission: Submission, case: Case) -> Module:
    block = submission.ResidualBlock(case.channels, case.hidden_channels)
    # Number, order and shapes are seen by whether the parameters go in.
    block.load_parameters(case.parameters)
    return block


@check("construct", cases(SMALL))
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    made(submission, case)
    return {}


@check("forward", cases(SMALL), shrink=["x"])
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": made(submission, case)(case.x)}


@check("gradients", cases(LARGER, normal))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return made(submission, case).gradients(case.x, grad_output=case.grad_output)
