"""How exercise 19 is judged: exactly where chance has no say, and else by the distribution of many draws.

What is compared are words then, the same for every right answer; a look refuses one with a probability of 10⁻¹² at most
(``tutor/checks/distribution.py``). There are less than 50 looks, so a right answer fails less than once in 10¹⁰ times.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import torch

from tutor.checks import Case, Module, Submission, Words, check, in_words, integers
from tutor.checks.distribution import anew, by_itself, multiplied, share, whatever_was_drawn

Shape = tuple[int, ...]

DRAWN = """\
_rng = torch.Generator().manual_seed({seed})
x = torch.randn({shape}, generator=_rng, dtype=torch.float64){then}"""
GRADIENT = """
grad_output = torch.randn(x.shape, generator=_rng, dtype=torch.float64)"""

COUNTED = """\
x = torch.arange(1.0, {end}).double().reshape({shape})
grad_output = torch.ones(x.shape).double()"""

AXES = ("sample", "channel", "row", "column")
CALLS = 20
"""In so many calls a program that drops all or nothing has done both, but for once in 500,000 times, and one that
counts its zeros has given itself away."""
IMAGES: Shape = (4, 4, 4, 4)
"""As many along every axis: a mask that is drawn along some of them only gives no error, wherever it is laid."""
LARGE_IMAGES: Shape = (5, 4, 4, 5)


def options(p: float | None) -> dict[str, float]:
    """What the module is made with; None leaves p at its default, 0.5."""
    return {} if p is None else {"p": p}


def drawn(rng: torch.Generator, shape: Shape, *, then: str = "", and_gradient: bool = False, **others: Any) -> Case:
    """A case with an input whose numbers are all different, and none of which is 0."""
    seed = int(torch.randint(1000, (), generator=rng))
    python = DRAWN.format(seed=seed, shape=f"{shape}", then=then) + (GRADIENT if and_gradient else "")
    return Case.from_python(python, **others)


def counted(shape: Shape, **others: Any) -> Case:
    """A case with the input 1, 2, 3, …"""
    end = torch.Size(shape).numel() + 1
    return Case.from_python(COUNTED.format(end=f"{end}.0", shape=", ".join(map(str, shape))), **others)


def in_eval_mode(rng: torch.Generator) -> Iterator[Case]:
    """So many numbers, and such p, that a dropout that works in eval mode always drops some."""
    yield counted((2, 2, 3, 4), options=options(None))
    yield counted((6, 8), options=options(0.8))
    yield counted((50,), options=options(0.6))
    yield counted((2, 1, 3), options=options(0.0))
    yield counted((2, 4), options=options(1.0))
    yield drawn(rng, (2, 5, 6), then=".transpose(1, 2)", and_gradient=True, options=options(0.7))


def many_calls(rng: torch.Generator) -> Iterator[Case]:
    """A p in the middle: then there is least doubt what a program does."""
    yield drawn(rng, IMAGES, options=options(None), again=False)
    yield drawn(rng, IMAGES, options=options(0.5), again=True)
    # Beside numbers so large, noise that is added is nothing.
    yield drawn(rng, IMAGES, then=" * 1e12", options=options(0.5), again=True)


def scales(rng: torch.Generator, *, and_gradient: bool = False) -> Iterator[Case]:
    """Mostly images that lie in memory in another order."""
    yield drawn(rng, LARGE_IMAGES, and_gradient=and_gradient, options=options(None))
    for p in (0.2, 0.3, 0.75):
        yield drawn(rng, LARGE_IMAGES, then=".transpose(1, 3)", and_gradient=and_gradient, options=options(p))


def shares(rng: torch.Generator) -> Iterator[Case]:
    """Such p that what a wrong program has instead is far from it, and in other shapes than images have."""
    for p, shape in ((None, (80, 50)), (0.25, (80, 50)), (0.9, (20, 10, 20)), (0.95, (40, 100)), (0.25, (4000,))):
        yield drawn(rng, shape, options=options(p))


def few_calls(rng: torch.Generator) -> Iterator[Case]:
    for p in (None, 0.4, 0.6):
        yield drawn(rng, LARGE_IMAGES, options=options(p))


def nothing_to_drop(rng: torch.Generator) -> Iterator[Case]:
    for shape in ((6, 8), (2, 4, 2, 4), LARGE_IMAGES):
        yield drawn(rng, shape, options=options(0.0))


def everything_to_drop(rng: torch.Generator) -> Iterator[Case]:
    for shape in ((2, 3), (2, 2, 2, 3), (8,)):
        x, grad_output = (integers(rng, *shape, low=1) for _ in range(2))
        yield Case(x=x, grad_output=grad_output, options=options(1.0))


def dtypes(rng: torch.Generator) -> Iterator[Case]:
    for to in (torch.float32, torch.float64):
        for shape in ((2, 3), (2, 2, 2, 3), (4,)):
            yield Case(x=integers(rng, *shape, low=1).to(to), options=options(None))


def made(submission: Submission, case: Case) -> Module:
    dropout: Module = submission.Dropout(**case.options)
    return dropout


def fits(output: Any, x: torch.Tensor) -> bool:
    return isinstance(output, torch.Tensor) and output.is_floating_point() and output.shape == x.shape


def factors(outputs: Sequence[Any], x: torch.Tensor) -> torch.Tensor | Words:
    """What the elements of x, none of which is 0, are multiplied by in each output."""
    for output in outputs:
        if not fits(output, x):
            is_of_shape = isinstance(output, torch.Tensor) and output.shape == x.shape
            is_what = f"of dtype {output.dtype}" if is_of_shape else in_words(output)
            return Words(f"nowhere to be seen: the output is {is_what}")
    return torch.stack([output.double() / x for output in outputs])


@check("eval", in_eval_mode)
def eval_mode(submission: Submission, case: Case) -> dict[str, Any]:
    dropout = made(submission, case)
    dropout.eval()
    found = dropout.gradients(case.x, grad_output=case.grad_output)
    output = found["output"]
    if fits(output, case.x) and bool((output == 0).any()):
        # Which ones is chance.
        return {"what is dropped in eval mode": Words("everything" if (output == 0).all() else "a part of x")}
    return {"what is dropped in eval mode": Words("nothing"), **found}


@check("mask", many_calls)
def mask(submission: Submission, case: Case) -> dict[str, Any]:
    dropout = made(submission, case)
    if case.again:
        dropout.eval()
        dropout.train()
    with whatever_was_drawn():
        found = factors(dropout.repeatedly(CALLS, case.x), case.x)
    name = "the choice of elements that are 0"
    if isinstance(found, Words):
        return {name: found}
    return {name: by_itself([*(found == 0)], AXES), "what is not 0": Words(f"multiplied by {scale(found)}")}


def scale(found: torch.Tensor) -> str:
    """Whether all that is not 0 is multiplied by one number, whichever."""
    left = found[found != 0]
    numbers = multiplied(left)
    if numbers == "different numbers":
        return f"{numbers}, {'some' if (left < 0).any() else 'none'} of them negative"
    return numbers if " or " in numbers or not len(left) else "one number"


@check("values", scales)
def values(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        found = factors([made(submission, case)(case.x)], case.x)
    name = "an element that is kept"
    return {name: found if isinstance(found, Words) else Words(f"multiplied by {multiplied(found[found != 0])}")}


@check("rate", shares)
def rate(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        found = factors([made(submission, case)(case.x)], case.x)
    p = case.options.get("p", 0.5)
    name = "the share of elements that are 0"
    return {name: found if isinstance(found, Words) else share(found == 0, p, others=(1 - p, 0.5))}


@check("fresh", few_calls)
def fresh(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        calls = factors(made(submission, case).repeatedly(2, case.x), case.x)
        # A module that sets a seed when it is made begins again.
        modules = factors([made(submission, case)(case.x)], case.x)
    if isinstance(calls, Words) or isinstance(modules, Words):
        return {"the mask": calls if isinstance(calls, Words) else modules}
    return {
        "the mask": anew([*(calls == 0)]),
        "the first mask": anew([calls[0] == 0, modules[0] == 0], "module"),
    }


@check("p_zero", nothing_to_drop)
def p_zero(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        found = factors([made(submission, case)(case.x)], case.x)
    if isinstance(found, Words):
        return {"an element": found}
    return {
        "the share of elements that are 0": share(found == 0, 0.0),
        "an element": Words(f"multiplied by {multiplied(found[found != 0])}"),
    }


@check("p_one", everything_to_drop)
def p_one(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        found = made(submission, case).gradients(case.x, grad_output=case.grad_output)
    # Zeros that were not made of x have no gradient; that is the same as one of 0.
    gradient = found.get("gradient of the input")
    return {**found, "gradient of the input": torch.zeros_like(case.x) if gradient is None else gradient}


@check("gradients", partial(scales, and_gradient=True))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        found = made(submission, case).gradients(case.x, grad_output=case.grad_output)
    dropped, kept = "the gradient where an element is dropped", "the gradient where an element is kept"
    gradient, of_output = found.get("gradient of the input"), factors([found["output"]], case.x)
    if isinstance(of_output, Words):
        return {dropped: of_output}
    if not fits(gradient, case.x):
        return {dropped: Words("None: nothing flows back to x")}
    of_gradient = (gradient / case.grad_output)[None]
    return {
        dropped: Words(f"multiplied by {multiplied(of_gradient[of_output == 0])}"),
        kept: Words(f"multiplied by {multiplied(of_gradient[of_output != 0])}"),
    }


@check("dtype", dtypes)
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    dropout = made(submission, case)
    with whatever_was_drawn():
        in_train_mode = dropout(case.x)
    dropout.eval()
    # Which elements are 0 is chance.
    found = {"output in train mode": in_train_mode, "output in eval mode": dropout(case.x)}
    return {
        name: torch.zeros_like(output) if isinstance(output, torch.Tensor) else output for name, output in found.items()
    }
