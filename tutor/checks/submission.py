"""The object that stands for a submission in a check. Its calls are carried out over a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.transcript import Transcript, Words, write
from tutor.clipping import as_name, clipped
from tutor.engine.wire import Foreign, ModuleHandle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tutor.checks.cases import Case
    from tutor.engine.channel import Channel


NO_ANSWER = "your program sent what is no answer"

VALUE_LENGTH = 120
FOREIGN_LENGTH = 200
NAME_LENGTH = 60
LISTED = 32
"""How much of what a submission has is said in words."""

MAX_DIMENSIONS = 64
"""As many as PyTorch allows a tensor."""

LOAD = """\
with torch.no_grad():
    for own, value in zip(module.{what}(), {values}, strict=True):
        own.copy_(value)"""


class SubmissionFault(Exception):
    """The submission did what no right answer does; the message says what, in words for the learner.

    Args:
        evidence: the values by which two programs with the same fault can still be told apart.
        alike: what two programs with the same fault have in common, where their messages may differ in the names that
            a learner is free to choose; by default the message.
    """

    def __init__(self, says: str, evidence: Sequence[Any] = (), alike: str = "") -> None:
        super().__init__(says)
        self.evidence = tuple(evidence)
        self.alike = alike or says


class Submission:
    """A loaded program.

    ``submission.conv2d(x, weight)`` calls its function, ``submission.conv2d.gradients(x, weight, grad_output=g)`` goes
    back from what it gives, and ``submission.LeNet()`` makes a module.

    Args:
        channel: where the program is.
        case: the case that a check runs on; names what the transcript shows.
    """

    def __init__(self, channel: Channel, case: Case) -> None:
        self._channel = channel
        self.transcript = Transcript(case)

    def value(self, name: str) -> Any:
        """What the file has under a name; `...` where it is not filled in."""
        self.transcript.add(lambda: name)
        return self._channel.request("get", name=name)

    def __getattr__(self, symbol: str) -> Symbol:
        if symbol.startswith("_"):
            raise AttributeError(symbol)
        return Symbol(self._channel, symbol, self.transcript)


class Symbol:
    """A function or a class of the submission."""

    def __init__(self, channel: Channel, name: str, transcript: Transcript) -> None:
        self._channel = channel
        self._name = name
        self._transcript = transcript

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What a function gives, whatever it is; or the module that a class makes."""
        is_class = self._name[0].isupper()
        name = "module" if is_class else "output"
        made = f"{self._name}({self._transcript.arguments(args, kwargs)})" if is_class else ""
        self._transcript.add(lambda: f"{name} = {self._name}({self._transcript.arguments(args, kwargs)})")
        result = _call(self._channel, self._transcript, "call", args, kwargs, name=self._name)
        return Module(self._channel, result, made, self._transcript) if is_class else result

    def gradients(self, *args: Any, grad_output: torch.Tensor, **kwargs: Any) -> dict[str, Any]:
        """A function's output, and from ``grad_output`` the gradient of every floating-point argument by its name.

        An output that ``grad_output`` does not fit is not gone back from.
        """
        inputs = {
            self._transcript.name_of(arg) or name: arg
            for name, arg in [*((f"argument {place}", arg) for place, arg in enumerate(args, start=1)), *kwargs.items()]
        }
        self._transcript.add(lambda: self._transcript.leaves([*args, *kwargs.values()]))
        self._transcript.add(lambda: f"output = {self._name}({self._transcript.arguments(args, kwargs)})")
        output = _call(self._channel, self._transcript, "call_with_graph", args, kwargs, name=self._name)
        names = [f"gradient of {name}" for name in inputs]
        return _go_back(self._channel, self._transcript, output, grad_output, names, [*inputs.values()])


class Module:
    """A module of the submission: called, given parameters or a state, asked for gradients.

    Args:
        made: the call that made it, as Python.

    Raises:
        SubmissionFault: what the class made is no ``nn.Module``.
    """

    def __init__(self, channel: Channel, handle: Any, made: str, transcript: Transcript) -> None:
        if not isinstance(handle, ModuleHandle):
            raise SubmissionFault(f"{made} gives {in_words(handle)}; it must be a subclass of nn.Module")
        self._made = made
        self._channel = channel
        self._handle = handle
        self._transcript = transcript
        self._has_state = False

    def __call__(self, *inputs: Any) -> Any:
        """The module's output; its type is left to the comparison."""
        self._transcript.add(lambda: f"output = module({self._transcript.arguments(inputs, {})})")
        return _call(self._channel, self._transcript, "forward", inputs, None, module=self._handle)

    def repeatedly(self, calls: int, *inputs: Any) -> list[Any]:
        """The module's outputs in so many calls on the same inputs: for what is drawn at random."""
        self._transcript.add(
            lambda: f"outputs = [module({self._transcript.arguments(inputs, {})}) for _ in range({calls})]"
        )
        return [_call(self._channel, self._transcript, "forward", inputs, None, module=self._handle)
                for _ in range(calls)]  # fmt: skip

    def train(self) -> None:
        """Put it into train mode, in which a new module is already."""
        self._transcript.add(lambda: "module.train()")
        self._channel.request("set_training", module=self._handle, training=True)

    def eval(self) -> None:
        """Put it into eval mode."""
        self._transcript.add(lambda: "module.eval()")
        self._channel.request("set_training", module=self._handle, training=False)

    def state_dict(self) -> dict[str, Any]:
        """What the module would save, by name."""
        return _by_name(self._channel.request("state_dict", module=self._handle))

    def buffers(self) -> dict[str, Any]:
        """The module's buffers, by name."""
        return _by_name(self._channel.request("buffers", module=self._handle))

    def load_state_dict(self, values: Mapping[str, torch.Tensor]) -> None:
        """Load a state; the module takes on its floating-point dtype.

        Raises:
            SubmissionFault: names or shapes are others; lists both sides.
        """
        own = _pairs(self._channel.request("load_state_dict", module=self._handle, values=dict(values)))
        asked = {name: list(value.shape) for name, value in values.items()}
        if dict(own) != asked:
            raise SubmissionFault(
                "the state_dict does not fit. "
                f"Asked for: {_listed(asked.items())}. Yours: {_listed(own)}"
            )  # fmt: skip
        self._has_state = True
        dtype = next((value.dtype for value in values.values() if value.is_floating_point()), None)
        self._transcript.add(lambda: f"module.to({dtype}).load_state_dict({self._transcript.literal(values)})")

    def load_parameters(self, values: Sequence[torch.Tensor]) -> None:
        """Give the parameters these values, in order; the module takes on their dtype. None are asked for with [].

        Raises:
            SubmissionFault: number or shapes are others; lists both sides.
        """
        self._load("parameters", values)

    def load_buffers(self, values: Sequence[torch.Tensor]) -> None:
        """Give the buffers these values, in order; of a batch norm: running_mean, running_var, num_batches_tracked.

        Raises:
            SubmissionFault: number or shapes are others; lists both sides.
        """
        self._load("buffers", values)

    def _load(self, what: str, values: Sequence[torch.Tensor]) -> None:
        own = _pairs(self._channel.request(f"load_{what}", module=self._handle, values=list(values)))
        shapes = [list(value.shape) for value in values]
        if [shape for _, shape in own] != shapes:
            alike = f"{what} of shapes {[shape for _, shape in own]}"
            raise SubmissionFault(_both_sides(what, self._made, own, shapes), alike=alike)
        if what == "parameters":
            self._has_state = False
        if not values:
            return
        if what == "parameters":
            self._transcript.add(lambda: f"module.to({values[0].dtype})")
        self._transcript.add(lambda: LOAD.format(what=what, values=self._transcript.literal(values)))

    def gradients(self, *inputs: Any, grad_output: torch.Tensor) -> dict[str, Any]:
        """Forward, then backward from ``grad_output``: the output, and every gradient by its name.

        After :meth:`load_state_dict` a parameter has the name that it has in the state, else its place, from 1: where
        names are free, order is what two modules have in common. Inputs that are no floating-point tensors, such as
        token ids, have no gradient. An output that ``grad_output`` does not fit is not gone back from.
        """
        self._transcript.add(lambda: self._transcript.leaves(inputs))
        self._transcript.add(lambda: f"output = module({self._transcript.arguments(inputs, {})})")
        output = _call(self._channel, self._transcript, "forward_with_graph", inputs, None, module=self._handle)
        only = len(inputs) == 1
        names = [
            "gradient of the input" if only else f"gradient of {self._transcript.name_of(x) or f'input {place}'}"
            for place, x in enumerate(inputs, start=1)
        ]
        return _go_back(self._channel, self._transcript, output, grad_output, names, inputs, has_state=self._has_state)


def named(result: Any, *names: str, of: str = "your function") -> dict[str, Any]:
    """The parts of a tuple by name, as a check returns them: ``named(submission.moments(x), "mean", "var")``.

    Args:
        result: what a submission gave, whatever it is.
        names: what the parts are called, in order.
        of: who gave it, as the learner knows it, e.g. ``moments``.

    Raises:
        SubmissionFault: it is no tuple of so many; says what it is.
    """
    if isinstance(result, tuple) and len(result) == len(names):
        return dict(zip(names, result, strict=True))
    size = f" of {len(result)}" if isinstance(result, (list, tuple)) else ""
    asked = f"a tuple of {len(names)} is asked: {', '.join(names)}"
    raise SubmissionFault(f"{of} gives {in_words(result)}{size}; {asked}", [result])


def in_words(value: Any) -> str:
    """What a value is, in words that a learner knows."""
    match value:
        case Foreign():
            return as_name(value.what, FOREIGN_LENGTH)
        case ModuleHandle():
            return "an nn.Module"
        case None:
            return "None"
        case torch.Tensor():
            return f"a tensor of shape {tuple(value.shape)}"
        case list() | tuple() | dict():
            return f"a {type(value).__name__}"
        case Words():
            return str(value)
        case str():
            # Only as much of it is written as will be read.
            return clipped(write(value[:VALUE_LENGTH]), VALUE_LENGTH)
    return clipped(write(value), VALUE_LENGTH)


def _call(
    channel: Channel,
    transcript: Transcript,
    do: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None,
    **fields: Any,
) -> Any:
    """Call, and see that the arguments are as they were; ``kwargs`` is None for what takes none.

    Raises:
        SubmissionFault: the program changed an input in place.
    """
    given = {"args": list(args)} | ({} if kwargs is None else {"kwargs": kwargs})
    match channel.request(do, **fields, **given):
        case [result, {**changed}]:
            pass
        case _:
            raise SubmissionFault(NO_ANSWER)
    if changed:
        raise _in_place(transcript, args, kwargs or {}, result, changed)
    return result


def _in_place(
    transcript: Transcript, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, changed: dict[Any, Any]
) -> SubmissionFault:
    """The fault of a program that has changed what it was given; ``changed`` is what it says of that."""
    only = len(args) == 1 and not kwargs
    places = {
        str(place): "input" if only else transcript.name_of(arg) or f"argument {place + 1}"
        for place, arg in enumerate(args)
    } | {name: name for name in kwargs}
    for place, which in places.items():
        if place in changed:
            says = f"your code changes its {which} in place; the caller still needs it as it was"
            return SubmissionFault(says, [result, changed[place]])
    return SubmissionFault(NO_ANSWER)


def _go_back(
    channel: Channel,
    transcript: Transcript,
    output: Any,
    grad_output: torch.Tensor,
    names: Sequence[str],
    inputs: Sequence[Any],
    *,
    has_state: bool = False,
) -> dict[str, Any]:
    """The output, and from it the gradients of the inputs and of a module's parameters.

    The value is looked at first: an output that ``grad_output`` does not fit is not gone back from.

    Args:
        has_state: whether the parameters are known by their names, else by their places.
    """
    if not isinstance(output, torch.Tensor) or output.shape != grad_output.shape:
        transcript.misfit = f"grad_output is {in_words(grad_output)}, and the output {in_words(output)}"
        return {"output": output}
    transcript.add(lambda: f"output.backward({transcript.literal(grad_output)})")
    match channel.request("backward", grad_output=grad_output):
        case [[*of_inputs], {**of_parameters}] if len(of_inputs) == len(inputs):
            pass
        case _:
            raise SubmissionFault(NO_ANSWER)
    wanted = [isinstance(x, torch.Tensor) and x.is_floating_point() for x in inputs]
    found = {name: grad for name, grad, wants in zip(names, of_inputs, wanted, strict=True) if wants}
    places = [f"parameter {place}" for place in range(1, len(of_parameters) + 1)]
    named: dict[str, Any] = {}
    for name, grad in zip(of_parameters if has_state else places, of_parameters.values(), strict=True):
        # An input may have the name of a parameter.
        also = "parameter " if f"gradient of {name}" in found else ""
        named[f"gradient of {also}{name}"] = grad
    return {"output": output, **found, **named}


class _ByName(dict[str, Any]):
    """What a module has, by names that the learner may have chosen: a check may ask for one that is not there."""

    def __missing__(self, name: str) -> Any:
        raise SubmissionFault(f"the module has no {name}; it has: {_names(self)}")


def _by_name(reply: Any) -> dict[str, Any]:
    if not isinstance(reply, dict):
        raise SubmissionFault(NO_ANSWER)
    return _ByName(reply)


def _pairs(reply: Any) -> list[tuple[str, list[int]]]:
    """Names and shapes, as far as a worker's word goes."""
    if not isinstance(reply, list):
        raise SubmissionFault(NO_ANSWER)
    return [_pair(item) for item in reply]


def _pair(item: Any) -> tuple[str, list[int]]:
    match item:
        case [str(name), list(shape)] if len(shape) <= MAX_DIMENSIONS and all(type(size) is int for size in shape):
            return name, shape
    raise SubmissionFault(NO_ANSWER)


def _both_sides(what: str, made: str, own: list[tuple[str, list[int]]], shapes: list[list[int]]) -> str:
    yours = _listed(own)
    asked = ", ".join(str(tuple(shape)) for shape in shapes) or "none"
    return f"the {what} of {made} do not fit. Asked for, in this order: {asked}. Yours: {yours}"


def _listed(shapes: Iterable[tuple[str, list[int]]]) -> str:
    return _some_of([f"{as_name(name, NAME_LENGTH)} {tuple(shape)}" for name, shape in shapes])


def _names(names: Iterable[str]) -> str:
    return _some_of([as_name(name, NAME_LENGTH) for name in names])


def _some_of(words: list[str]) -> str:
    return ", ".join(words[:LISTED] + ([f"and {len(words) - LISTED} more"] if len(words) > LISTED else [])) or "none"
