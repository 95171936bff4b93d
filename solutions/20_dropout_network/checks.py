"""How exercise 20 is judged: in eval mode as LeNet, in train mode by what each of ten units can come to; then trained.

A look at what is drawn refuses a right answer with a probability of 10⁻¹² at most (``tutor/checks/distribution.py``).
There are less than 30 looks, so one fails less than once in 10¹⁰ times.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from tutor.checks import Case, Judgement, Lab, Module, Submission, Trial, Words, check, in_words, percentage, trained
from tutor.checks.distribution import BY_ITSELF, anew, by_itself, multiplied, share, whatever_was_drawn

FILLED_IN = ("predicted_best_p", "predicted_with_0_9")

SHAPES = """\
shapes = [
    *((6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,)),
    *((120, 400), (120,), (84, 120), (84,), (10, 84), (10,)),
]
"""

DENSE = f"""\
{SHAPES}\
rng = torch.Generator().manual_seed({{seed}})
parameters = [
    torch.randn(shape, generator=rng).double() / 5
    for shape in shapes
]
x = torch.randn({{n}}, 1, 28, 28, generator=rng, dtype=torch.float64)
grad_output = torch.randn({{n}}, 10, generator=rng, dtype=torch.float64)"""

# All features are 1. Of linear1 each unit is its feature + 1, of linear2 its unit of linear1 + 1, and each logit its
# unit of linear2 + 1. So a logit says what became of a unit of either layer; the convolutions show in it as well.
UNITS = f"""\
{SHAPES}\
parameters = [torch.zeros(shape, dtype=torch.float64) for shape in shapes]
parameters[0][:, 0, 2, 2] = 1  # conv1, weight
parameters[2][:, 0, 2, 2] = 1  # conv2, weight
parameters[4].fill_diagonal_(1)  # linear1, weight
parameters[6].fill_diagonal_(1)  # linear2, weight
units = {{units}}
parameters[8][range(10), units] = 1  # linear3, weight
for place in (5, 7, 9):
    parameters[place][:] = 1  # linear1, linear2, linear3, bias
x = torch.ones({{n}}, 1, 28, 28, dtype=torch.float64)
grad_output = torch.ones({{n}}, 10, dtype=torch.float64)"""

IMAGES = 16
CALLS = 20
"""So many that no two images are dropped alike by chance, in rows of 200 units."""
OF_LINEAR1 = "gradient of parameter 6"
"""Of its biases."""


def options(p: float | None) -> dict[str, float]:
    """What the network is made with; None leaves p at its default, 0.5."""
    return {} if p is None else {"p": p}


def dense(*sizes: tuple[int, float | None]) -> Callable[[torch.Generator], Iterator[Case]]:
    """All numbers at random, for so many images and such a p."""

    def drawn(rng: torch.Generator) -> Iterator[Case]:
        for n, p in sizes:
            python = DENSE.format(n=n, seed=int(torch.randint(10_000, (), generator=rng)))
            yield Case.from_python(python, options=options(p))

    return drawn


def units(*probabilities: float | None) -> Callable[[torch.Generator], Iterator[Case]]:
    """Such p that neither 1 − p nor 0.5 is taken for it."""

    def drawn(rng: torch.Generator) -> Iterator[Case]:
        for p in probabilities:
            ten = torch.randperm(84, generator=rng)[:10].tolist()
            yield Case.from_python(UNITS.format(n=IMAGES, units=ten), options=options(p))

    return drawn


def nothing_drawn(_rng: torch.Generator) -> Iterator[Case]:
    # What is named has to be seen three times.
    yield from (Case(), Case(), Case())


def made(submission: Submission, case: Case) -> Module:
    network: Module = submission.DropoutNet(**case.options)
    # Number, order and shapes are seen by whether the parameters go in.
    network.load_parameters(case.parameters)
    return network


@check("construct", dense((1, 0.5), (1, 0.0), (1, 0.9)))
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    made(submission, case)
    return {}


@check("eval", dense((1, 0.0), (1, 0.5), (2, 0.3), (3, 0.8)))
def evaluation(submission: Submission, case: Case) -> dict[str, Any]:
    network = made(submission, case)
    network.eval()
    with whatever_was_drawn():
        first, second = network(case.x), network(case.x)
    of_two = "what a second call gives in eval mode"
    if isinstance(first, torch.Tensor) and isinstance(second, torch.Tensor) and not torch.equal(first, second):
        # Which numbers they are is chance.
        return {of_two: Words("other numbers")}
    return {of_two: Words("the same numbers"), "output": first}


@check("gradients", dense((1, 0.5), (2, 0.5), (3, 0.5)))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    network = made(submission, case)
    network.eval()
    return network.gradients(case.x, grad_output=case.grad_output)


@check("dropout", units(0.3, 0.25, 0.2))
def dropout(submission: Submission, case: Case) -> dict[str, Any]:
    return dropped(submission, case)


@check("default", units(None, None, None))
def default(submission: Submission, case: Case) -> dict[str, Any]:
    return dropped(submission, case)


def dropped(submission: Submission, case: Case) -> dict[str, Any]:
    """What is to be seen of the dropouts in train mode, in words that do not depend on what was drawn."""
    network = made(submission, case)
    # A new network is in train mode; here it comes back from eval mode.
    network.eval()
    network.train()
    with whatever_was_drawn():
        calls = network.repeatedly(CALLS, case.x)
        back = network.gradients(case.x, grad_output=case.grad_output)
    a_logit = "a logit in train mode"
    for output in (*calls, back["output"]):
        if not (isinstance(output, torch.Tensor) and output.dtype == torch.float64 and output.shape == (IMAGES, 10)):
            return {a_logit: Words(f"nowhere to be seen: the output is {in_words(output)}")}
    p = case.options.get("p", 0.5)
    logits = torch.stack(calls)
    second = logits == 1  # only linear3's bias is left
    first = logits < 1 + 1.5 / (1 - p)  # linear2's at most: 1/(1 − p)
    chosen = by_itself([*second], ("image", "unit"))
    time_and_again = anew([*second])
    are_drawn = chosen == BY_ITSELF and time_and_again == "anew in every call"
    return {
        a_logit: Words(multiplied(logits, at_most=5)),
        "the choice of units that are 0": chosen if chosen != BY_ITSELF else Words(f"{chosen}, {time_and_again}"),
        # Of others the share has no bounds.
        "the share of linear2's units that are 0": share(second, p) if are_drawn else Words("not looked at"),
        "the share of linear1's units that are 0": share(first[~second], p) if are_drawn else Words("not looked at"),
        "the gradient of linear1's biases": follows(back, case.units, p),
    }


def follows(back: dict[str, Any], ten: list[int], p: float) -> Words:
    """Whether a unit's gradient is that of the images in which neither dropout took it, twice multiplied."""
    gradient = back.get(OF_LINEAR1)
    if not (isinstance(gradient, torch.Tensor) and gradient.dtype == torch.float64 and gradient.shape == (120,)):
        return Words("None: nothing flows back to them")
    scale = 1 / (1 - p)
    # What unit and feature make of a logit, 2·scale², where both are kept.
    kept = back["output"] > 1 + 1.5 * scale
    right = torch.allclose(gradient[ten], scale**2 * kept.double().sum(dim=0), rtol=1e-6)
    return Words("that of what is kept" if right else "another one than that of what is kept")


@check("p_one", dense((1, 1.0), (2, 1.0), (3, 1.0)))
def p_one(submission: Submission, case: Case) -> dict[str, Any]:
    with whatever_was_drawn():
        return {"output": made(submission, case)(case.x)}


@check("prediction", nothing_drawn)
def prediction(submission: Submission, _case: Case) -> dict[str, Words]:
    best_p, accuracy = (submission.value(name) for name in FILLED_IN)
    return {"predicted_best_p": one_of_three(best_p), "predicted_with_0_9": percentage(accuracy)}


def one_of_three(value: Any) -> Words:
    if value is ...:
        return percentage(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value in (0, 0.5, 0.9):
        return Words("0, 0.5 or 0.9")
    return Words(in_words(value))


SEEDS = (0, 1)
# With p = 0; from five seeds 90 on MNIST at least, and 97 on drawn digits.
LEARNT = 70.0
TRIALS = {
    p: Trial(f"your network with p = {p:g}", "DropoutNet", args=(p,), seeds=SEEDS, images=10_000)
    for p in (0.0, 0.5, 0.9)
}


@trained("sweep", *TRIALS.values(), values=FILLED_IN)
def sweep(lab: Lab) -> Judgement:
    accuracies = {p: lab.accuracy(trial) for p, trial in TRIALS.items()}
    measured = ", ".join(f"{accuracy:.2f} % with p = {p:g}" for p, accuracy in accuracies.items())
    best_p, with_0_9 = (in_words(lab.values[name]) for name in FILLED_IN)
    says = (
        f"Test accuracy {lab.on_what()}: {measured}. "
        f"You predicted that p = {best_p} is best, and {with_0_9} % with p = 0.9."
    )
    if all(score.guesses == 1 for score in lab.scores[TRIALS[0.0]]):
        return Judgement(False, f"It does not learn. {says}", "one-answer")
    if accuracies[0.0] < LEARNT:
        return Judgement(False, f"It hardly learns, even with p = 0. {says}", "initial-values")
    if accuracies[0.9] >= min(accuracies[0.0], accuracies[0.5]):
        return Judgement(False, f"With p = 0.9 it should be worst by far. {says}")
    return Judgement(True, says)
