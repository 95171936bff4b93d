from collections.abc import Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, check, integers, normal


def cases(rng: torch.Generator) -> Iterator[Case]:
    for draw in (integers, normal):
        for n, m in [(1, 2), (2, 3), (3, 2), (4, 5)]:
            yield Case(x=draw(rng, n, m), factor=3)


@check("values", cases)
def values(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.scale(case.x, case.factor)}
