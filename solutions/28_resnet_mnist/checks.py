"""How exercise 28 is judged: by what holds for every network of residual blocks, and then by how well it learns.

The structure is the learner's, so there are no numbers to compare: what a check returns are words.
"""

from collections.abc import Iterator
from typing import Any

import torch

from tutor.checks import Case, Judgement, Lab, Module, Submission, Trial, Words, check, in_words, percentage, trained
from tutor.checks.distribution import whatever_was_drawn
from tutor.checks.submission import SubmissionFault

MOST_PARAMETERS = 500_000

IMAGES = """\
seed = {seed}
rng = torch.Generator().manual_seed(seed)
x = torch.randn({n}, 1, 28, 28, generator=rng)
first = x[:1]
grad_output = torch.randn({n}, 10, generator=rng)"""

# Faults, and not values: a counterexample would list all the numbers that were put in.
BLIND = "with any one of its convolutions switched off, your network gives all images the same logits"
NO_GRADIENT = "no gradient arrives at the image"

APART = 1e-5
"""By how much of the largest logit two images' logits must differ to be told apart; float32 rounds a hundred times
finer."""


def batches(rng: torch.Generator) -> Iterator[Case]:
    for n in (2, 3, 5):
        yield Case.from_python(IMAGES.format(n=n, seed=int(torch.randint(10_000, (), generator=rng))))


def nothing_drawn(_rng: torch.Generator) -> Iterator[Case]:
    # What is named has to be seen three times.
    yield from (Case(), Case(), Case())


@check("construct", nothing_drawn)
def construct(submission: Submission, _case: Case) -> dict[str, Words]:
    network = submission.MiniResNet()
    state, buffers = state_of(network), network.buffers()
    count = sum(value.numel() for name, value in state.items() if name not in buffers)
    is_right = 0 < count <= MOST_PARAMETERS
    return {"the number of parameters": Words(f"{MOST_PARAMETERS:,} at most" if is_right else f"{count:,}")}


def state_of(network: Module) -> dict[str, torch.Tensor]:
    """Its state, in which a lazy layer's parameters are none yet."""
    state = network.state_dict()
    for name, value in state.items():
        if not isinstance(value, torch.Tensor):
            raise SubmissionFault(f"{name} is {in_words(value)}; its size must be known once the network is made")
    return state


@check("shape", batches)
def shape(submission: Submission, case: Case) -> dict[str, Words]:
    # With the parameters that a new network has, whatever they are.
    network = submission.MiniResNet()
    in_train_mode = network(case.x)
    network.eval()
    in_eval_mode = network(case.x)
    return {
        "output in train mode": Words(in_words(in_train_mode)),
        "output in eval mode": Words(in_words(in_eval_mode)),
        "output for one image, in eval mode": Words(in_words(network(case.first))),
        "a row of the output": a_row_of(in_eval_mode),
    }


def are_logits(output: Any) -> bool:
    return isinstance(output, torch.Tensor) and output.is_floating_point() and output.ndim == 2


def a_row_of(output: Any) -> Words:
    if isinstance(output, torch.Tensor) and not output.is_floating_point():
        return Words("no floating-point numbers")
    are_shares = (
        are_logits(output)
        and (output >= 0).all()
        and torch.allclose(output.sum(dim=1), torch.ones(len(output)).to(output))
    )
    return Words("probabilities" if are_shares else "logits")


@check("alone", batches)
def alone(submission: Submission, case: Case) -> dict[str, Words]:
    network = submission.MiniResNet()
    network.eval()
    with whatever_was_drawn():
        together, again, first = network(case.x), network(case.x), network(case.first)
    beside_others = together[:1] if isinstance(together, torch.Tensor) else together
    return {
        "what a second call gives": same_or_other(together, again),
        "what an image alone gives, and beside others": same_or_other(beside_others, first),
    }


def same_or_other(one: Any, other: Any) -> Words:
    if not (are_logits(one) and are_logits(other) and (one.shape, one.dtype) == (other.shape, other.dtype)):
        return Words("other numbers")
    # They are no mistake of what is looked for here, and equal nothing, themselves included.
    if not (one.isfinite().all() and other.isfinite().all()):
        return Words("NaN or infinite numbers")
    # With other batch sizes other kernels are at work, which round in another way.
    same = torch.allclose(one, other, rtol=1e-3, atol=1e-4 * one.abs().max().item())
    return Words("the same numbers" if same else "other numbers")


@check("shortcut", batches)
def shortcut(submission: Submission, case: Case) -> dict[str, Words]:
    """Switch off one convolution after the other: a chain is blind without any, a shortcut goes around some."""
    network = submission.MiniResNet()
    state = put_in(network, case)
    network.eval()
    for kernel in [name for name, value in state.items() if value.ndim == 4]:
        network.load_state_dict({**state, kernel: torch.zeros_like(state[kernel])})
        if tells_apart(network(case.x)):
            return {}
    raise SubmissionFault(BLIND)


def put_in(network: Module, case: Case) -> dict[str, torch.Tensor]:
    """Give all parameters values with which images get through, however the network begins; its state then."""
    state, buffers = state_of(network), network.buffers()
    rng = torch.Generator().manual_seed(case.seed)
    drawn = {name: value if name in buffers else of_shape(value.shape, rng) for name, value in state.items()}
    network.load_state_dict(drawn)
    return drawn


def of_shape(shape: torch.Size, rng: torch.Generator) -> torch.Tensor:
    """Weights as large as He et al. (2015, Delving Deep into Rectifiers) have them; 1 for what is added, and for γ."""
    if len(shape) < 2:
        return torch.ones(shape)
    return torch.randn(shape, generator=rng) * (2 / max(1, shape[1:].numel())) ** 0.5


def tells_apart(output: Any) -> bool:
    """Whether not all images get the same logits."""
    if not are_logits(output):
        return False
    return bool((output - output[:1]).abs().max() > APART * output.abs().max())


@check("gradients", batches)
def gradients(submission: Submission, case: Case) -> dict[str, Words]:
    network = submission.MiniResNet()
    put_in(network, case)
    # Where it arrives at the image, it has gone through the whole network.
    gradient = network.gradients(case.x, grad_output=case.grad_output).get("gradient of the input")
    if isinstance(gradient, torch.Tensor) and bool((gradient != 0).any()):
        return {}
    raise SubmissionFault(NO_GRADIENT)


@check("prediction", nothing_drawn)
def prediction(submission: Submission, _case: Case) -> dict[str, Words]:
    return {"predicted": percentage(submission.value("predicted"))}


ON_MNIST, ON_DRAWN_DIGITS = 99.0, 90.0
NETWORK = Trial("your MiniResNet", "MiniResNet", epochs=3, batch_size=256, learning_rate=0.01, one_cycle=True)


@trained("reaches", NETWORK, values=("predicted",))
def reaches(lab: Lab) -> Judgement:
    accuracy = lab.accuracy(NETWORK)
    asked = ON_DRAWN_DIGITS if lab.is_synthetic else ON_MNIST
    says = (
        f"Test accuracy {lab.on_what()}: {accuracy:.2f} %, and {asked:g} % are asked for. "
        f"You predicted {in_words(lab.values['predicted'])} %."
    )
    if accuracy >= asked:
        return Judgement(True, says)
    has_one_answer = all(score.guesses == 1 for score in lab.scores[NETWORK])
    return Judgement(False, says, "one-answer" if has_one_answer else "too-little")
