"""How exercise 24 is judged: against the reference, forward and backward, with the same parameters in both."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch

from tutor.checks import Case, Submission, check, integers, normal

# n, channels, hidden_channels, h, w: small first; with as many hidden channels as channels and with others
SIZES = [
    (1, 1, 1, 1, 2),
    (1, 1, 2, 2, 3),
    (1, 2, 1, 3, 2),
    (1, 2, 2, 3, 4),
    (2, 2, 3, 4, 3),
    (2, 3, 2, 5, 4),
    (3, 3, 3, 4, 6),
    (2, 4, 5, 6, 5),
]


# With these no sum of whole numbers is 0, where the gradient of ReLU is a matter of convention.
BIAS_SHIFTS = (0.0, 0.5, 0.0, 0.25)


def cases(rng: torch.Generator) -> Iterator[Case]:
    """Every size with whole numbers, which can be followed by hand, then with normal ones."""
    for draw in (integers, normal):
        for n, channels, hidden, h, w in SIZES:
            shapes = [(hidden, channels, 3, 3), (hidden,), (channels, hidden, 3, 3), (channels,)]
            yield Case(
                channels=channels,
                hidden_channels=hidden,
                parameters=[draw(rng, *shape) + shift for shape, shift in zip(shapes, BIAS_SHIFTS, strict=True)],
                x=draw(rng, n, channels, h, w),
                grad_output=draw(rng, n, channels, h, w),
            )


def one_of_each_size(rng: torch.Generator) -> Iterator[Case]:
    return islice(cases(rng), len(SIZES))


@check("construct", one_of_each_size)
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.ResidualBlock(case.channels, case.hidden_channels)
    # Number, order and shapes are seen by whether the parameters go in.
    block.load_parameters(case.parameters)
    return {}


@check("forward", cases)
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.ResidualBlock(case.channels, case.hidden_channels)
    block.load_parameters(case.parameters)
    return {"output": block(case.x)}


@check("gradients", cases)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    block = submission.ResidualBlock(case.channels, case.hidden_channels)
    block.load_parameters(case.parameters)
    return block.gradients(case.x, grad_output=case.grad_output)
