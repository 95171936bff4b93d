"""How exercise 8 is judged: against the reference, forward and backward, with the same parameters in both.

61,706 parameters are half a megabyte a case, so there are few cases, and none is written out number by number.
"""

from collections.abc import Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, Words, check, in_words

NAMES = [
    f"{layer}, {kind}" for layer in ("conv1", "conv2", "linear1", "linear2", "linear3") for kind in ("weight", "bias")
]

# A thread: one weight in each layer leads from one pixel to one logit. The pixel, then the weights and the biases along
# the thread, from conv1 to linear3. The first is the plain one; each of the others needs one ReLU, or none, to be 0.
THREADS = [
    (3, (1, 1, 1, 1, 1), (0, 0, 0, 0, 0)),
    (0, (1, -1, 1, 1, 1), (-1, 0, 0, 0, 0)),
    (0, (1, 1, -1, 1, 1), (0, -1, 0, 0, 0)),
    (0, (1, 1, 1, -1, 1), (0, 0, -1, 0, 0)),
    (0, (1, 1, 1, 1, -1), (0, 0, 0, -1, 0)),
    (0, (1, 1, 1, 1, 1), (0, 0, 0, 0, -2)),
]

ZEROS = """\
shapes = [
    *((6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,)),
    *((120, 400), (120,), (84, 120), (84,), (10, 84), (10,)),
]
parameters = [torch.zeros(shape, dtype=torch.float64) for shape in shapes]
x = torch.zeros(1, 1, 28, 28, dtype=torch.float64)"""

DENSE = """\
shapes = [
    *((6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,)),
    *((120, 400), (120,), (84, 120), (84,), (10, 84), (10,)),
]
rng = torch.Generator().manual_seed({seed})
parameters = [
    torch.randn(shape, generator=rng).double() / 5
    for shape in shapes
]
x = torch.randn({n}, 1, 28, 28, generator=rng, dtype=torch.float64)
grad_output = torch.randn({n}, 10, generator=rng, dtype=torch.float64)"""


def blank(_rng: torch.Generator) -> Iterator[Case]:
    """Parameters of which only number, order and shapes matter."""
    for _ in range(3):
        yield Case.from_python(ZEROS)


def batches(_rng: torch.Generator) -> Iterator[Case]:
    for n in (1, 2, 3):
        yield Case(x=torch.ones(n, 1, 28, 28))


def threads_then_dense(rng: torch.Generator) -> Iterator[Case]:
    for pixel, weights, biases in THREADS:
        yield thread(rng, pixel, weights, biases)
    yield from dense(rng)


def thread(rng: torch.Generator, pixel: int, weights: tuple[int, ...], biases: tuple[int, ...]) -> Case:
    """One pixel, one weight in each layer, one bias in each layer; all else is 0."""

    def below(size: int) -> int:
        return int(torch.randint(size, (), generator=rng))

    # Both convolutions have their weight in the middle, so that they only carry the image on; conv2, without padding,
    # begins two rows and two columns in.
    row, column = 4 + below(20), 4 + below(20)
    channel1, channel2, unit1, unit2, digit = below(6), below(16), below(120), below(84), below(10)
    flat = channel2 * 25 + (row // 2 - 2) // 2 * 5 + (column // 2 - 2) // 2
    ends = [
        *((channel1, 0, 2, 2), (channel1,)),
        *((channel2, channel1, 2, 2), (channel2,)),
        *((unit1, flat), (unit1,)),
        *((unit2, unit1), (unit2,)),
        *((digit, unit2), (digit,)),
    ]
    lines = [f"x[0, 0, {row}, {column}] = {pixel}  # one pixel"] if pixel else []
    values = [value for pair in zip(weights, biases, strict=True) for value in pair]
    for place, (end, value, name) in enumerate(zip(ends, values, NAMES, strict=True)):
        if value:
            lines.append(f"parameters[{place}][{', '.join(map(str, end))}] = {value}  # {name}")
    return Case.from_python("\n".join([ZEROS, *lines]))


def dense(rng: torch.Generator) -> Iterator[Case]:
    """All numbers at random."""
    for n in (1, 2, 3):
        yield Case.from_python(DENSE.format(n=n, seed=int(torch.randint(10_000, (), generator=rng))))


@check("construct", blank)
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    lenet = submission.LeNet()
    # Number, order and shapes are seen by whether the parameters go in.
    lenet.load_parameters(case.parameters)
    return {}


@check("shape", batches)
def shape(submission: Submission, case: Case) -> dict[str, Any]:
    # With the parameters that a new LeNet has, whatever they are: what is compared are words.
    lenet = submission.LeNet()
    # A new module is in train mode. A dropout shows in the second call, whichever mode it works in.
    first = lenet(case.x)
    lenet.eval()
    second = lenet(case.x)
    return {"output": Words(in_words(first)), "what a second call gives, in eval mode,": same_or_other(first, second)}


def same_or_other(one: Any, other: Any) -> Words:
    same = isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor) and one.dtype == other.dtype
    return Words("the same numbers" if same and torch.equal(one, other) else "other numbers")


@check("forward", threads_then_dense)
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    lenet = submission.LeNet()
    lenet.load_parameters(case.parameters)
    return {"output": lenet(case.x)}


@check("gradients", dense)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    lenet = submission.LeNet()
    lenet.load_parameters(case.parameters)
    return lenet.gradients(case.x, grad_output=case.grad_output)
