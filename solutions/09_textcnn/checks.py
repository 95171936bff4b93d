"""How exercise 9 is judged: against the reference with the same parameters in both, and its dropout by distribution."""

from collections.abc import Iterator
from typing import Any

import torch

from tutor.checks import Case, Submission, Words, check, in_words, integers, normal
from tutor.checks.distribution import anew, by_itself, multiplied, share

# n, length, vocab_size, embed_dim, num_classes, kernel_sizes, num_filters: small first. No two axes stay of one length,
# but for one case in which forgetting to transpose raises nothing; sizes come in any order.
SIZES = [
    (1, 2, 3, 1, 2, (2,), 1),
    (1, 3, 3, 2, 2, (2,), 3),
    (1, 3, 4, 2, 2, (1, 2), 1),
    (1, 3, 4, 3, 2, (2, 1), 2),
    (2, 4, 5, 2, 3, (3, 2), 3),
    (2, 6, 5, 3, 4, (2, 3, 4), 2),
    (3, 6, 7, 4, 2, (3, 4, 5), 3),
    (2, 8, 6, 5, 3, (4, 1, 3), 2),
]

NEARLY_ONE = 1 - 1e-12
"""Of what is dropped with this probability nothing is left: a dropout that works in eval mode gives the same always."""

# A text of one word only, and weights with which every feature is 8 and every logit its feature − 4. In train mode the
# logits then say what became of each single feature.
FEATURE, SHIFT = 8.0, -4.0
DROPPING = """\
tokens = torch.zeros(100, 40, dtype=torch.int64)
parameters = [
    torch.ones(1, 1).double(),
    torch.full((10, 1, 1), 6.0).double(),
    torch.full((10,), 2.0).double(),
    torch.tensor([6.0, 0.0]).repeat(10, 1, 1).double(),
    torch.full((10,), 2.0).double(),
    torch.eye(20).double(),
    torch.full((20,), -4.0).double(),
]
grad_output = torch.ones(100, 20).double()"""
SENTENCES, FEATURES = 100, 20
BIASES = ("gradient of parameter 3", "gradient of parameter 5")


def shapes(case_sizes: tuple[Any, ...]) -> list[tuple[int, ...]]:
    """Of the parameters, in order."""
    _, _, vocab_size, embed_dim, num_classes, kernel_sizes, num_filters = case_sizes
    convs = [shape for k in kernel_sizes for shape in ((num_filters, embed_dim, k), (num_filters,))]
    return [(vocab_size, embed_dim), *convs, (num_classes, len(kernel_sizes) * num_filters), (num_classes,)]


def sized(rng: torch.Generator, draw: Any, sizes: tuple[Any, ...], dropout: float | None) -> Case:
    n, length, vocab_size, embed_dim, num_classes, kernel_sizes, num_filters = sizes
    parameters = [draw(rng, *shape) for shape in shapes(sizes)]
    # Of several filters the first fires nowhere: only ReLU makes its feature 0.
    if num_filters > 1:
        for bias in parameters[2:-2:2]:
            bias[0] -= 30
    tokens = torch.randint(vocab_size, (n, length), generator=rng)
    # The first word of the vocabulary is in every sentence: it is a word like any other.
    tokens[:, 1] = 0
    options = {"kernel_sizes": kernel_sizes, "num_filters": num_filters}
    return Case(
        sizes=(vocab_size, embed_dim, num_classes),
        options=options if dropout is None else {**options, "dropout": dropout},
        parameters=parameters,
        tokens=tokens,
        grad_output=normal(rng, n, num_classes),
    )


def small_then_defaults(rng: torch.Generator) -> Iterator[Case]:
    for sizes in SIZES[::2]:
        yield sized(rng, integers, sizes, None)
    defaults = (1, 5, 2, 1, 2, (3, 4, 5), 100)
    yield Case(sizes=(2, 1, 2), options={}, parameters=[torch.zeros(shape).double() for shape in shapes(defaults)])


def without_and_with_dropout(rng: torch.Generator) -> Iterator[Case]:
    for sizes in SIZES:
        yield sized(rng, integers, sizes, 0.0)
    yield sized(rng, integers, SIZES[3], NEARLY_ONE)
    for sizes in SIZES[5:]:
        yield sized(rng, normal, sizes, NEARLY_ONE)


def random_numbers(rng: torch.Generator) -> Iterator[Case]:
    # Not whole ones: where two windows are equally large, the gradient may go to either.
    for sizes in SIZES[2:]:
        yield sized(rng, normal, sizes, None)


def probabilities(_rng: torch.Generator) -> Iterator[Case]:
    # So many sentences that two features dropped alike are no chance.
    for p in (0.5, 0.2, 0.3, 0.0):
        dropout = {} if p == 0.5 else {"dropout": p}
        options = {"kernel_sizes": (1, 2), "num_filters": 10, **dropout}
        yield Case.from_python(DROPPING, sizes=(1, 1, FEATURES), options=options, p=p)


@check("construct", small_then_defaults)
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    textcnn = submission.TextCNN(*case.sizes, **case.options)
    # Number, order and shapes are seen by whether the parameters go in.
    textcnn.load_parameters(case.parameters)
    return {}


@check("forward", without_and_with_dropout)
def forward(submission: Submission, case: Case) -> dict[str, Any]:
    textcnn = submission.TextCNN(*case.sizes, **case.options)
    textcnn.load_parameters(case.parameters)
    textcnn.eval()
    return {"output": textcnn(case.tokens)}


@check("gradients", random_numbers)
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    textcnn = submission.TextCNN(*case.sizes, **case.options)
    textcnn.load_parameters(case.parameters)
    textcnn.eval()
    return textcnn.gradients(case.tokens, grad_output=case.grad_output)


@check("dropout", probabilities)
def dropout(submission: Submission, case: Case) -> dict[str, Any]:
    # What is compared are words: they are the same for every draw, unless something is wrong.
    textcnn = submission.TextCNN(*case.sizes, **case.options)
    textcnn.load_parameters(case.parameters)
    other = textcnn(case.tokens)
    found = textcnn.gradients(case.tokens, grad_output=case.grad_output)
    one, gradients = found["output"], [found.get(name) for name in BIASES]
    if not (is_float64(one, SENTENCES, FEATURES) and is_float64(other, SENTENCES, FEATURES)):
        return {"a feature in train mode": Words(f"nowhere to be seen: the output is {in_words(one)}")}
    one, other = (one - SHIFT) / FEATURE, (other - SHIFT) / FEATURE
    return {
        "a feature in train mode": becomes(one),
        "the share of features that are 0": share(one == 0, case.p),
        "the choice of those that are 0": choice(one == 0, other == 0),
        "the gradient of a feature": follows(one, gradients),
    }


def is_float64(value: Any, *shape: int) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.float64 and value.shape == shape


def becomes(factors: torch.Tensor) -> Words:
    """What features are multiplied by."""
    match multiplied(factors):
        case "1":
            return Words("what it is in eval mode")
        case "different numbers":
            return Words("multiplied by many different numbers")
        case found:
            return Words(f"{found} times what it is in eval mode")


def choice(first: torch.Tensor, second: torch.Tensor) -> Words:
    """Whether the zeros of two calls, (sentences, features) each, are drawn one by one."""
    one_by_one, each_time = by_itself([first, second], ("sentence", "feature")), anew([first, second])
    return one_by_one if one_by_one == each_time else Words(f"{one_by_one}, {each_time}")


def follows(factors: torch.Tensor, gradients: list[Any]) -> Words:
    """Whether a feature's gradient is multiplied by what the feature is: all that comes from above is 1."""
    if not all(is_float64(gradient, FEATURES // 2) for gradient in gradients):
        return Words("None: nothing flows back to it")
    right = torch.allclose(torch.cat(gradients), factors.sum(dim=0), rtol=1e-9)
    return Words(f"multiplied by {'the same' if right else 'something else than the feature'}")
