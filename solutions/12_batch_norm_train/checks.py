"""How exercise 12 is judged: the learner's batch norm beside PyTorch's, first on vectors, then on images."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, check, integers, normal

Shape = tuple[int, ...]
Draw = Callable[..., torch.Tensor]

# x (N, C), small first
VECTORS = [(2, 2), (3, 2), (4, 3), (8, 2)]
# x (N, C, H, W). As many columns as channels: what is laid along the wrong axis gives no error, but wrong numbers,
# by which it is known however the line is written. Sizes that are all unequal come with the gradients.
IMAGES = [(2, 2, 1, 2), (1, 2, 3, 2), (3, 2, 3, 2), (2, 3, 2, 3), (4, 2, 3, 2)]
# x and eps
EPSILONS = [((2, 2), 2.0), ((3, 2), 0.5), ((4, 3), 0.1), ((5, 2), 0.001)]
EVERYTHING = [
    ((3, 2), 1e-5),
    ((2, 3, 1, 2), 0.25),
    ((5, 3), 0.1),
    ((1, 2, 3, 4), 1e-5),
    ((3, 2, 4, 1), 1e-3),
    ((2, 4, 2, 3), 1e-5),
]
# … with a channel that is the same throughout, as those are in which a ReLU lets nothing through
DEAD_CHANNEL = [((4, 3), 1e-5), ((2, 2, 3, 1), 0.01), ((2, 3, 1, 4), 1e-5)]
FLOAT32 = [(3, 2), (1, 2, 1, 3), (2, 3, 2, 1)]


def a_case(draw: Draw, rng: torch.Generator, shape: Shape, **others: Any) -> Case:
    """One case, with values that ``draw`` draws."""
    channels = shape[1]
    return Case(x=draw(rng, *shape), gamma=draw(rng, channels), beta=draw(rng, channels), **others)


def plain(case: Case) -> Case:
    """The case with γ = 1 and β = 0."""
    return case.replaced("gamma", torch.ones_like(case.gamma)).replaced("beta", torch.zeros_like(case.beta))


def turned(case: Case) -> Case:
    """The case with its images in memory column by column: the same numbers, but not contiguous."""
    return case.replaced("x", case.x.mT.contiguous().mT)


def with_dead_channel(case: Case) -> Case:
    x = case.x.clone()
    x[:, 0] = 2
    return case.replaced("x", x)


def distinct(rng: torch.Generator, *shape: int) -> torch.Tensor:
    """Whole numbers around 0, no two alike, so that no channel is the same throughout."""
    size = torch.Size(shape).numel()
    return torch.randperm(size, generator=rng).reshape(shape).double() - size // 2


def vectors(rng: torch.Generator) -> Iterator[Case]:
    """The smaller shapes with whole numbers, which can be followed by hand, then the larger three with normal ones.

    Three, because as many cases have to show a mistake before it is named, and whole numbers may happen to hide it.
    """
    for shape in VECTORS[:-1]:
        yield a_case(integers, rng, shape)
    for shape in VECTORS[-3:]:
        yield a_case(normal, rng, shape)


def plain_vectors(rng: torch.Generator) -> Iterator[Case]:
    """… without γ and β; at last with one feature that never changes and one that hardly does: there ε decides."""
    yield from map(plain, vectors(rng))
    case = with_dead_channel(plain(a_case(normal, rng, (5, 3))))
    yield case.replaced("x", case.x * torch.tensor([1, 0.001, 1], dtype=torch.float64))


def images(rng: torch.Generator) -> Iterator[Case]:
    for shape in IMAGES[:-2]:
        yield a_case(integers, rng, shape)
    for shape in IMAGES[-3:]:
        yield turned(a_case(normal, rng, shape))


def with_eps(rng: torch.Generator) -> Iterator[Case]:
    for shape, eps in EPSILONS[:-1]:
        yield a_case(distinct, rng, shape, eps=eps)
    for shape, eps in EPSILONS[-3:]:
        yield a_case(normal, rng, shape, eps=eps)


def float32_cases(rng: torch.Generator) -> Iterator[Case]:
    return (a_case(whole_float32, rng, shape) for shape in FLOAT32)


def whole_float32(rng: torch.Generator, *shape: int) -> torch.Tensor:
    return integers(rng, *shape).float()


def whole_cases(rng: torch.Generator) -> Iterator[Case]:
    for draw, several in ((distinct, EVERYTHING[:2]), (normal, EVERYTHING[2:])):
        for shape, eps in several:
            yield a_case(draw, rng, shape, eps=eps, grad_output=draw(rng, *shape))
    yield turned(a_case(normal, rng, (4, 3, 2, 2), eps=0.1, grad_output=normal(rng, 4, 3, 2, 2)))
    for shape, eps in DEAD_CHANNEL:
        yield with_dead_channel(a_case(normal, rng, shape, eps=eps, grad_output=normal(rng, *shape)))


def output_of(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.batch_norm(case.x, case.gamma, case.beta)}


normalise = check("normalise", plain_vectors, shrink=("x",))(output_of)
scale_shift = check("scale_shift", vectors, shrink=("x", "gamma", "beta"))(output_of)
of_images = check("images", images, shrink=("x", "gamma", "beta"))(output_of)


@check("eps", with_eps, shrink=("gamma", "beta"))
def eps(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": submission.batch_norm(case.x, case.gamma, case.beta, eps=case.eps)}


@check("dtype", float32_cases)
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    output = submission.batch_norm(case.x, case.gamma, case.beta)
    # The numbers are seen in float64; how exact they are in float32 depends on how one computes.
    return {"output": torch.zeros_like(output) if isinstance(output, torch.Tensor) else output}


@check("gradients", whole_cases)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return submission.batch_norm.gradients(case.x, case.gamma, case.beta, eps=case.eps, grad_output=case.grad_output)
