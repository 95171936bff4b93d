"""How exercise 15 is judged: beside nn.BatchNorm2d, state for state, with nothing left at its first value.

γ, β, the running statistics and the counter are drawn, and so are ε and the momentum: with those of a new layer most
mistakes do not show.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from tutor.checks import Case, Module, Submission, Words, check, integers, normal

Shape = tuple[int, int, int, int]
Draw = Callable[..., torch.Tensor]

PARAMETERS = ("weight", "bias")
STATE = (*PARAMETERS, "running_mean", "running_var", "num_batches_tracked")

NEW = [(1, {}), (3, {}), (2, {"eps": 0.5, "momentum": 0.3})]
# x (N, C, H, W) and what is not left at its default; small first, whole numbers first. As many columns as channels:
# what is laid along the wrong axis gives no error, but wrong numbers, by which it is known however the line is written.
# Sizes that are all unequal come with the checks that wait for these.
TRAIN_WHOLE = [((2, 1, 2, 1), {}), ((2, 2, 3, 2), {})]
TRAIN = [((8, 2, 1, 2), {"eps": 0.1}), ((4, 3, 2, 3), {"eps": 0.001, "momentum": 0.3})]
TRAIN_TURNED = [((2, 3, 4, 3), {"eps": 2.0}), ((5, 2, 3, 2), {}), ((3, 2, 5, 2), {"momentum": 0.9})]
EVAL_WHOLE = [((2, 1, 2, 1), {}), ((2, 2, 3, 2), {"eps": 0.5})]
EVAL = [((8, 2, 1, 2), {"eps": 0.1})]
EVAL_TURNED = [((2, 3, 4, 3), {"eps": 0.001, "momentum": 0.3}), ((5, 2, 3, 2), {})]
# … eps and momentum without their names, and how many batches have been seen before
RUNNING_WHOLE = [((2, 1, 1, 3), (), 0), ((1, 2, 2, 3), (0.5, 0.25), 3)]
RUNNING = [
    ((3, 2, 4, 1), (1e-5, 0.3), 0),
    ((2, 4, 3, 5), (), 0),
    ((1, 3, 2, 4), (1e-3, 0.01), 0),
    ((8, 2, 1, 3), (0.1, 1.0), 5),
]
# In eval mode a channel may have one value only.
GRADIENTS_EVAL = [((1, 3, 1, 1), (0.5, 0.2)), ((2, 4, 3, 1), ())]
GRADIENTS_TURNED = ((2, 1, 4, 3), (1e-5, 0.3))
GRADIENTS_DEAD_CHANNEL = [((4, 3, 1, 2), ()), ((1, 2, 3, 4), (0.25,)), ((3, 2, 1, 4), (1e-3, 0.5))]
# Train mode twice in a row, where a mode that is not kept shows, and eval mode after a backward pass in train mode.
MODES = [
    (integers, ("train", "train", "eval"), 1, ()),
    (normal, ("train", "train", "eval"), 2, (1e-3, 0.75)),
    (normal, ("eval", "train", "train", "eval"), 3, (0.1, 0.3)),
]
BATCHES = [(1, 1, 3), (2, 3, 1), (1, 2, 1), (4, 1, 2)]
"""N, H and W of a sequence's batches."""
FLOAT32 = [(2, 3, 1, 2), (1, 2, 3, 4), (3, 2, 2, 1)]


def a_case(draw: Draw, rng: torch.Generator, channels: int, args: tuple[float, ...] = (), **others: Any) -> Case:
    """A layer's options and its whole state, with values that ``draw`` draws."""
    weight = draw(rng, channels)
    return Case(
        **{"args": (channels, *args), "options": {}, "batches": int(torch.randint(1, 20, (), generator=rng)), **others},
        weight=weight.where(weight != 0, 2.0),
        bias=draw(rng, channels),
        running_mean=draw(rng, channels),
        running_var=draw(rng, channels).abs() + 1,
    )


def turned(draw: Draw, rng: torch.Generator, shape: Shape) -> torch.Tensor:
    """Images that lie in memory column by column: not contiguous."""
    n, c, h, w = shape
    return draw(rng, n, c, w, h).transpose(2, 3)


def images(whole: list[Any], other: list[Any], not_contiguous: list[Any]) -> Callable[..., Iterator[Case]]:
    """Three kinds of cases; three cases at least are normal, as whole numbers may happen to hide a mistake."""

    def draw_cases(rng: torch.Generator) -> Iterator[Case]:
        for draw, draw_x, shapes in (
            (integers, plain, whole),
            (normal, plain, other),
            (normal, turned, not_contiguous),
        ):
            for shape, options in shapes:
                yield a_case(draw, rng, shape[1], options=options, x=draw_x(draw, rng, shape))

    return draw_cases


def plain(draw: Draw, rng: torch.Generator, shape: Shape) -> torch.Tensor:
    return draw(rng, *shape)


def new_layers(_rng: torch.Generator) -> Iterator[Case]:
    for channels, options in NEW:
        yield Case(args=(channels,), options=options)


def one_batch(rng: torch.Generator) -> Iterator[Case]:
    for draw, shapes in ((integers, RUNNING_WHOLE), (normal, RUNNING)):
        for shape, args, batches in shapes:
            yield a_case(draw, rng, shape[1], args, batches=batches, x=draw(rng, *shape))


def forward_and_back(rng: torch.Generator) -> Iterator[Case]:
    for mode in ("train", "eval"):
        yield with_gradient(integers, rng, mode, (2, 2, 1, 3), ())
    for shape, args in GRADIENTS_EVAL:
        yield with_gradient(normal, rng, "eval", shape, args)
    yield with_gradient(normal, rng, "train", *GRADIENTS_TURNED, draw_x=turned)
    # A channel that is the same throughout, as those are in which a ReLU lets nothing through.
    for shape, args in GRADIENTS_DEAD_CHANNEL:
        case = with_gradient(normal, rng, "train", shape, args)
        case.x[:, 0] = 2
        yield case


def with_gradient(
    draw: Draw, rng: torch.Generator, mode: str, shape: Shape, args: tuple[float, ...], draw_x: Any = plain
) -> Case:
    x, grad_output = draw_x(draw, rng, shape), draw(rng, *shape)
    return a_case(draw, rng, shape[1], args, mode=mode, x=x, grad_output=grad_output)


def sequences(rng: torch.Generator) -> Iterator[Case]:
    for draw, modes, channels, args in MODES:
        batches = {}
        for call, (n, h, w) in enumerate(BATCHES[: len(modes)], start=1):
            batches[f"x{call}"] = draw(rng, n, channels, h, w)
            batches[f"grad_output{call}"] = draw(rng, n, channels, h, w)
        yield a_case(draw, rng, channels, args, modes=modes, **batches)


def float32_images(rng: torch.Generator) -> Iterator[Case]:
    for shape in FLOAT32:
        yield Case(args=(shape[1],), options={}, x=integers(rng, *shape).float())


def made(submission: Submission, case: Case) -> Module:
    return submission.BatchNorm2d(*case.args, **case.options)


def loaded(submission: Submission, case: Case) -> Module:
    """A layer with the case's state, by PyTorch's names: what nn.BatchNorm2d has saved goes in."""
    layer = made(submission, case)
    values = {name: case.value(name) for name in STATE[:-1]}
    layer.load_state_dict({**values, "num_batches_tracked": torch.tensor(case.batches)})
    return layer


def state_of(layer: Module, when: str) -> dict[str, Any]:
    """What the layer would save; nn.BatchNorm2d can load that where it has the same names, shapes and dtypes."""
    return at(when, layer.state_dict())


def at(when: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name} {when}": value for name, value in values.items()}


@check("construct", new_layers)
def construct(submission: Submission, case: Case) -> dict[str, Any]:
    layer = made(submission, case)
    state, buffers = layer.state_dict(), layer.buffers()
    channels = case.args[0]
    words = {name: described(name, state, buffers) for name in STATE}
    if words == expected_words(channels):
        # What an optimiser is given is γ and β, whatever the state_dict says.
        layer.load_parameters([torch.zeros(channels)] * len(PARAMETERS))
    return {**words, "number of tensors in the state_dict": len(state)}


def described(name: str, state: Mapping[str, Any], buffers: Mapping[str, Any]) -> Words:
    """What a tensor of a new layer's state is, in words: the same for all random numbers."""
    if name not in state:
        return Words("a buffer that is not saved" if name in buffers else "missing from the state_dict")
    value, kind = state[name], "buffer" if name in buffers else "parameter"
    if not isinstance(value, torch.Tensor):
        return Words(f"a {kind} that is no ordinary tensor")
    number = next((number for number in (0, 1) if bool((value == number).all())), None)
    entries = "neither all 0 nor all 1" if number is None else f"all {number}" if value.ndim else f"{number}"
    dtype = str(value.dtype).removeprefix("torch.")
    return Words(f"a {kind} of shape {tuple(value.shape)}, {dtype}, {entries}")


def expected_words(channels: int) -> dict[str, Words]:
    layer = torch.nn.BatchNorm2d(channels)
    return {name: described(name, layer.state_dict(), dict(layer.named_buffers())) for name in STATE}


@check("train", images(TRAIN_WHOLE, TRAIN, TRAIN_TURNED), shrink=("x", "weight", "bias"))
def train(submission: Submission, case: Case) -> dict[str, Any]:
    return {"output": loaded(submission, case)(case.x)}


@check("eval", images(EVAL_WHOLE, EVAL, EVAL_TURNED), shrink=("x", "weight", "bias", "running_mean"))
def in_eval_mode(submission: Submission, case: Case) -> dict[str, Any]:
    layer = loaded(submission, case)
    layer.eval()
    return {"output": layer(case.x), **state_of(layer, "after a call in eval mode")}


@check("running", one_batch, shrink=("x", "weight", "bias", "running_mean"))
def running(submission: Submission, case: Case) -> dict[str, Any]:
    layer = loaded(submission, case)
    layer(case.x)
    return state_of(layer, "after the call")


@check("gradients", forward_and_back, shrink=("grad_output", "bias"))
def gradients(submission: Submission, case: Case) -> dict[str, Any]:
    layer = loaded(submission, case)
    if case.mode == "eval":
        layer.eval()
    return layer.gradients(case.x, grad_output=case.grad_output)


@check("modes", sequences)
def modes(submission: Submission, case: Case) -> dict[str, Any]:
    layer = loaded(submission, case)
    seen: dict[str, Any] = {}
    mode_before = "train"
    for call, mode in enumerate(case.modes, start=1):
        # The mode is set where it changes, as one does it: a layer that does not keep it gives itself away.
        if mode != mode_before:
            layer.train() if mode == "train" else layer.eval()
        mode_before = mode
        found = layer.gradients(case.value(f"x{call}"), grad_output=case.value(f"grad_output{call}"))
        seen |= at(f"in call {call}", found) | at(f"after call {call}", layer.state_dict())
    return seen


@check("dtype", float32_images)
def dtype(submission: Submission, case: Case) -> dict[str, Any]:
    layer = made(submission, case)
    in_train_mode = layer(case.x)
    layer.eval()
    seen = {
        "output in train mode": in_train_mode,
        "output in eval mode": layer(case.x),
        **state_of(layer, "at the end"),
    }
    # The numbers are seen in float64; how exact they are in float32 depends on how one computes.
    return {name: torch.zeros_like(value) if isinstance(value, torch.Tensor) else value for name, value in seen.items()}
