"""How exercise 17 is judged: beside PyTorch's own layers with the same parameters and statistics, and then trained.

What can be seen without training is seen without it. Once outputs, gradients and statistics are right for whatever
parameters the check puts in, all that a training can still show are the values with which a new network begins.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Judgement, Lab, Module, Submission, Trial, Words, check, percentage, trained

FILLED_IN = ("predicted_without", "predicted_with")

DENSE = """\
shapes = [
    *((6, 1, 5, 5), (6,), (6,), (6,)),
    *((16, 6, 5, 5), (16,), (16,), (16,)),
    *((120, 400), (120,), (120,), (120,)),
    *((84, 120), (84,), (84,), (84,)),
    *((10, 84), (10,)),
]
rng = torch.Generator().manual_seed({seed})
parameters = [torch.randn(shape, generator=rng).double() / 5 for shape in shapes]
buffers = []
for features in (6, 16, 120, 84):
    buffers += [
        torch.randn(features, generator=rng).double(),
        torch.rand(features, generator=rng).double() + 0.5,
        torch.tensor(3),
    ]
x = torch.randn({n}, 1, 28, 28, generator=rng, dtype=torch.float64)
grad_output = torch.randn({n}, 10, generator=rng, dtype=torch.float64)"""

KINDS = ("running_mean", "running_var", "num_batches_tracked")
BUFFERS = [f"{kind} of norm{number}" for number in range(1, 5) for kind in KINDS]


def cases(*batch_sizes: int) -> Callable[[torch.Generator], Iterator[Case]]:
    def drawn(rng: torch.Generator) -> Iterator[Case]:
        for n in batch_sizes:
            yield Case.from_python(DENSE.format(n=n, seed=int(torch.randint(10_000, (), generator=rng))))

    return drawn


def nothing_drawn(_rng: torch.Generator) -> Iterator[Case]:
    # What is named has to be seen three times.
    yield from (Case(), Case(), Case())


def made(submission: Submission, case: Case) -> Module:
    network = submission.LeNetBN()
    # Number, order and shapes are seen by whether parameters and buffers go in.
    network.load_parameters(case.parameters)
    network.load_buffers(case.buffers)
    return network


@check("construct", cases(2, 2, 2))
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    made(submission, case)
    return {}


@check("eval", cases(1, 2, 3))
def evaluation(submission: Submission, case: Case) -> dict[str, Any]:
    network = made(submission, case)
    network.eval()
    return {"output": network(case.x)}


@check("train", cases(2, 3, 4))
def training(submission: Submission, case: Case) -> dict[str, Any]:
    # A new network is in train mode.
    network = made(submission, case)
    output = network(case.x)
    return {"output": output, **dict(zip(BUFFERS, network.buffers().values(), strict=False))}


@check("gradients", cases(2, 3, 4))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    return made(submission, case).gradients(case.x, grad_output=case.grad_output)


@check("prediction", nothing_drawn)
def prediction(submission: Submission, _case: Case) -> dict[str, Words]:
    return {name: percentage(submission.value(name)) for name in FILLED_IN}


SEEDS = (0, 1)
IMAGES = 10_000
WITHOUT = Trial("LeNet without batch norm", "LeNet", is_ours=True, seeds=SEEDS, images=IMAGES)
WITH = Trial("your LeNet with batch norm", "LeNetBN", seeds=SEEDS, images=IMAGES)


@trained("beats", WITHOUT, WITH, values=FILLED_IN)
def beats(lab: Lab) -> Judgement:
    without, with_norm = lab.accuracy(WITHOUT), lab.accuracy(WITH)
    guessed = [float(lab.values[name]) for name in FILLED_IN]
    says = (
        f"Test accuracy {lab.on_what()}: {without:.2f} % without batch norm, {with_norm:.2f} % with it, "
        f"a difference of {with_norm - without:+.2f}. "
        f"You predicted {guessed[0]:g} and {guessed[1]:g}: {guessed[1] - guessed[0]:+g}."
    )
    if with_norm > without:
        return Judgement(passed=True, says=says)
    has_one_answer = all(score.guesses == 1 for score in lab.scores[WITH])
    named = "one-answer" if has_one_answer else "initial-values"
    return Judgement(passed=False, says=f"It does not beat LeNet. {says}", misconception=named)
