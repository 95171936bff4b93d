"""How exercise 13 is judged: the learner's running statistics beside those that PyTorch's batch norm stores."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, Words, check, in_words, integers, normal

Shape = tuple[int, ...]
Draw = Callable[..., torch.Tensor]

# x (N, C), small first. As many samples as features: a mean along the wrong axis gives no error, but wrong numbers.
SQUARE = [(2, 2), (3, 3), (4, 4)]
VECTORS = [(2, 3), (3, 2), (4, 3), (8, 2)]
MOMENTA = [((2, 3), 0.5), ((3, 2), 0.25), ((4, 2), 1.0), ((2, 2), 0.0), ((5, 2), 0.01)]
# x (N, C, H, W). As many columns as channels, or one: what has an axis too many can be blended, and is known by that
# however the line is written.
IMAGES = [(2, 2, 1, 2), (3, 2, 4, 1), (1, 2, 3, 2), (3, 2, 3, 2), (2, 3, 2, 3), (4, 2, 3, 2)]
FLOAT32 = [(3, 2), (1, 2, 1, 3), (2, 3, 2, 1)]

RESULT = "what is returned"
PAIR = Words("a pair (mean, var)")


def a_case(draw: Draw, rng: torch.Generator, shape: Shape, **others: Any) -> Case:
    """One case: a batch that ``draw`` draws, and statistics that are far from its own."""
    channels = shape[1]
    return Case(
        running_mean=integers(rng, channels, low=-4, high=4),
        running_var=integers(rng, channels, low=5, high=9),
        x=draw(rng, *shape),
        **others,
    )


def distinct(rng: torch.Generator, *shape: int) -> torch.Tensor:
    """Whole numbers around 0, no two alike, so that no channel is the same throughout."""
    size = torch.Size(shape).numel()
    return torch.randperm(size, generator=rng).reshape(shape).double() - size // 2


def turned(case: Case) -> Case:
    """The case with its images in memory column by column: the same numbers, but not contiguous."""
    return case.replaced("x", case.x.mT.contiguous().mT)


def fresh(case: Case) -> Case:
    """The case with the statistics that PyTorch begins with."""
    begins = case.replaced("running_mean", torch.zeros_like(case.running_mean))
    return begins.replaced("running_var", torch.ones_like(case.running_var))


def cases(shapes: list[Shape]) -> Callable[[torch.Generator], Iterator[Case]]:
    """With whole numbers, which can be followed by hand, then the last three shapes with normal ones."""

    def draw_cases(rng: torch.Generator) -> Iterator[Case]:
        for shape in shapes:
            yield a_case(distinct, rng, shape)
        for shape in shapes[:2]:
            yield fresh(a_case(distinct, rng, shape))
        for shape in shapes[-3:]:
            yield a_case(normal, rng, shape)

    return draw_cases


def momenta(rng: torch.Generator) -> Iterator[Case]:
    for shape, momentum in MOMENTA:
        yield a_case(distinct, rng, shape, momentum=momentum)


def images(rng: torch.Generator) -> Iterator[Case]:
    for shape in IMAGES[:-3]:
        yield a_case(distinct, rng, shape)
    for shape in IMAGES[-3:]:
        yield turned(a_case(normal, rng, shape))


def float32_cases(rng: torch.Generator) -> Iterator[Case]:
    for shape in FLOAT32:
        case = a_case(distinct, rng, shape)
        yield Case(running_mean=case.running_mean.float(), running_var=case.running_var.float(), x=case.x.float())


def of_pair(result: Any, *wanted: str) -> dict[str, Any]:
    """Mean and variance by name, or what there is instead of the two."""
    if not isinstance(result, (tuple, list)):
        return {RESULT: Words(in_words(result))}
    if len(result) != 2:
        return {RESULT: Words(f"{in_words(result)} of {len(result)}")}
    both = dict(zip(("new running mean", "new running variance"), result, strict=True))
    return {RESULT: PAIR} | {name: both[name] for name in wanted or both}


def updated(submission: Submission, case: Case) -> Any:
    return submission.update_running(case.running_mean, case.running_var, case.x)


@check("mean", cases(SQUARE), shrink=("x", "running_mean"))
def mean(submission: Submission, case: Case) -> dict[str, Any]:
    return of_pair(updated(submission, case), "new running mean")


@check("variance", cases(VECTORS), shrink=("x",))
def variance(submission: Submission, case: Case) -> dict[str, Any]:
    return of_pair(updated(submission, case), "new running variance")


@check("momentum", momenta, shrink=("x",))
def momentum(submission: Submission, case: Case) -> dict[str, Any]:
    return of_pair(submission.update_running(case.running_mean, case.running_var, case.x, momentum=case.momentum))


@check("images", images, shrink=("x",))
def of_images(submission: Submission, case: Case) -> dict[str, Any]:
    return of_pair(updated(submission, case))


@check("dtype", float32_cases)
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    # The numbers are seen in float64; how exact they are in float32 depends on how one computes.
    found = of_pair(updated(submission, case))
    return {name: torch.zeros_like(got) if isinstance(got, torch.Tensor) else got for name, got in found.items()}
