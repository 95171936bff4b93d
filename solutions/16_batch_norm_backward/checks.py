"""How exercise 16 is judged: result by result and path by path, beside autograd through PyTorch's own batch norm."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, Words, check, in_words, integers, normal

Shape = tuple[int, ...]
Draw = Callable[..., torch.Tensor]
Cases = Callable[[torch.Generator], Iterator[Case]]

# x, small first; never as many samples as channels
TABLES = [(3, 1), (3, 2), (2, 3), (5, 3), (8, 2)]
# Half of a batch in which every sample stands twice.
HALVES = [(2, 1), (2, 3), (3, 2), (4, 3)]
# In three of them there are as many columns as channels: a γ along the wrong axis gives no error there.
IMAGES = [(1, 1, 2, 2), (1, 2, 3, 2), (2, 3, 1, 2), (3, 2, 3, 2), (2, 3, 2, 3)]

LEAST_VARIANCE = 0.3
"""Of a channel: with less, rounding would show, and how much depends on how one computes."""


def spread(draw: Draw, rng: torch.Generator, *shape: int) -> torch.Tensor:
    """Drawn until every channel varies."""
    axes = [0, *range(2, len(shape))]
    while True:
        x = draw(rng, *shape)
        if bool((x.var(axes, correction=0) >= LEAST_VARIANCE).all()):
            return x


def scales(rng: torch.Generator, channels: int) -> torch.Tensor:
    """A γ for each channel: whole numbers of either sign, no two alike, and none that hides a factor of γ."""
    signs = 2 * torch.randint(2, (channels,), generator=rng) - 1
    return ((2 + torch.randperm(channels, generator=rng)) * signs).double()


def distinct(rng: torch.Generator, *shape: int) -> torch.Tensor:
    """Whole numbers around 0, no two alike: of three with two alike next to nothing would come back to x."""
    size = torch.Size(shape).numel()
    return torch.randperm(size, generator=rng).reshape(shape).double() - size // 2


def a_case(draw: Draw, rng: torch.Generator, shape: Shape, **more: Any) -> Case:
    x = spread(distinct if draw is integers else draw, rng, *shape)
    return Case(grad_out=draw(rng, *shape), x=x, gamma=scales(rng, shape[1]), **more)


def cases(shapes: list[Shape]) -> Cases:
    """The smaller shapes with whole numbers, which can be followed by hand, then the larger three with normal ones.

    Three, because as many cases have to show a mistake before it is named, and whole numbers may happen to hide it.
    """

    def draw_cases(rng: torch.Generator) -> Iterator[Case]:
        for shape in shapes[:-3]:
            yield a_case(integers, rng, shape)
        for shape in shapes[-3:]:
            yield a_case(normal, rng, shape)

    return draw_cases


def twice_each(*, shifted: bool) -> Cases:
    """Every sample stands twice in the batch, with opposite gradients: both sums, of g and of g·x̂, are 0.

    Where the gradients are ``shifted``, by a number for each channel, only that of g·x̂ is.
    """

    def draw_cases(rng: torch.Generator) -> Iterator[Case]:
        for number, (n, c) in enumerate(HALVES):
            draw = integers if number == 0 else normal
            x, g = spread(draw, rng, n, c), draw(rng, n, c)
            g = torch.cat([g, -g])
            if shifted:
                g = g + scales(rng, c)
            order = torch.randperm(2 * n, generator=rng)
            yield Case(grad_out=g[order], x=torch.cat([x, x])[order], gamma=scales(rng, c))

    return draw_cases


def with_eps(rng: torch.Generator) -> Iterator[Case]:
    """An ε that shows, and at last a channel that is the same everywhere: there nothing but ε is under the root."""
    yield a_case(integers, rng, (3, 2), eps=0.5)
    yield a_case(normal, rng, (4, 3), eps=0.1)
    yield a_case(normal, rng, (2, 3, 2, 3), eps=1.0)
    case = a_case(normal, rng, (3, 2), eps=0.01)
    case.x[:, 0] = 2.0
    yield case


# A table column by column, images with their channels last in memory, and images that were turned.
TABLE, CHANNELS_LAST, TURNED = (1, 0), (0, 2, 3, 1), (0, 1, 3, 2)


def other_layouts(rng: torch.Generator) -> Iterator[Case]:
    for shape, axes in [
        ((1, 2, 2, 3), TURNED),
        ((4, 3), TABLE),
        ((2, 3, 2, 2), CHANNELS_LAST),
        ((2, 3, 4, 2), TURNED),
        ((3, 2, 2, 3), TURNED),
    ]:
        case = a_case(integers, rng, shape)
        for name in ("grad_out", "x"):
            case = case.replaced(name, in_memory(case.value(name), axes))
        yield case


def in_memory(tensor: torch.Tensor, axes: Shape) -> torch.Tensor:
    """The same tensor, with its axes in this order in memory."""
    back = tuple(axes.index(axis) for axis in range(tensor.ndim))
    return tensor.permute(axes).contiguous().permute(back)


def in_float32(rng: torch.Generator) -> Iterator[Case]:
    for shape in [(3, 2), (4, 1), (2, 3, 2, 1)]:
        case = a_case(integers, rng, shape)
        yield Case(grad_out=case.grad_out.float(), x=case.x.float(), gamma=case.gamma.float())


NAMES = ("grad_x", "grad_gamma", "grad_beta")


def results(submission: Submission, case: Case, *names: str, **eps: float) -> dict[str, Any]:
    """Those results that a check is about, and first whether there are three of them."""
    found = submission.batch_norm_backward(case.grad_out, case.x, case.gamma, **eps)
    if not isinstance(found, (tuple, list)):
        return {"what comes back": Words(in_words(found))}
    named = dict(zip(NAMES, found, strict=False))
    return {"what comes back": Words(f"a tuple of {len(found)}"), **{name: named.get(name) for name in names}}


@check("grad_beta", cases(TABLES), shrink=("grad_out",))
def grad_beta(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_beta")


@check("grad_gamma", cases(TABLES), shrink=("grad_out",))
def grad_gamma(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_gamma")


@check("direct", twice_each(shifted=False))
def direct(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_x")


@check("mean_path", twice_each(shifted=True))
def mean_path(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_x")


@check("grad_x", cases(TABLES), shrink=("grad_out",))
def grad_x(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_x")


@check("images", cases(IMAGES), shrink=("grad_out",))
def images(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_beta", "grad_gamma", "grad_x")


@check("eps", with_eps, shrink=("grad_out",))
def eps(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_beta", "grad_gamma", "grad_x", eps=case.eps)


@check("layout", other_layouts, shrink=("grad_out",))
def layout(submission: Submission, case: Case) -> dict[str, Any]:
    return results(submission, case, "grad_beta", "grad_gamma", "grad_x")


@check("dtype", in_float32)
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    found = results(submission, case, "grad_beta", "grad_gamma", "grad_x")
    # Their values are those of float64, but for what float32 rounds away, which depends on how one computes.
    return {f"the dtype of {name}": dtype_of(value) for name, value in found.items() if name in NAMES}


def dtype_of(value: Any) -> Words:
    return Words(value.dtype if isinstance(value, torch.Tensor) else in_words(value))
