from collections.abc import Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, check, integers


def cases(rng: torch.Generator) -> Iterator[Case]:
    for n, features in [(1, 1), (1, 2), (2, 3), (3, 2), (4, 5)]:
        yield Case(
            features=features,
            parameters=[integers(rng, features), integers(rng, features, low=1, high=4)],
            x=integers(rng, n, features),
            grad_output=integers(rng, n, features, low=1, high=4),
        )


@check("forward", cases)
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    module = submission.Affine(case.features)
    module.load_parameters(case.parameters)
    return {"output": module(case.x)}


@check("gradients", cases)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    module = submission.Affine(case.features)
    module.load_parameters(case.parameters)
    return module.gradients(case.x, grad_output=case.grad_output)
