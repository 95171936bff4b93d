"""The object that stands for a submission in a check. Its calls are carried out over a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.transcript import Transcript, write
from tutor.engine.wire import Foreign, ModuleHandle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tutor.checks.cases import Case
    from tutor.engine.channel import Channel


NO_ANSWER = "your program sent what is no answer"

LOAD_PARAMETERS = """\
module.to({dtype})
with torch.no_grad():
    for parameter, value in zip(module.parameters(), {values}, strict=True):
        parameter.copy_(value)"""


class SubmissionFault(Exception):
    """The submission did what no right answer does; the message says what, in words for the learner.

    Args:
        evidence: the values by which two programs with the same fault can still be told apart.
    """

    def __init__(self, says: str, evidence: Sequence[Any] = ()) -> None:
        super().__init__(says)
        self.evidence = tuple(evidence)


class Submission:
    """A loaded program: ``submission.conv2d(x, weight)`` calls its function, ``submission.LeNet()`` makes a module.

    Args:
        channel: where the program is.
        case: the case that a check runs on; names what the transcript shows.
    """

    def __init__(self, channel: Channel, case: Case) -> None:
        self._channel = channel
        self.transcript = Transcript(case)

    def __getattr__(self, symbol: str) -> Callable[..., Any]:
        if symbol.startswith("_"):
            raise AttributeError(symbol)

        def call(*args: Any, **kwargs: Any) -> Any:
            name = "module" if symbol[0].isupper() else "output"
            self.transcript.add(lambda: f"{name} = {symbol}({self.transcript.arguments(args, kwargs)})")
            result = _call(self._channel, "call", args, name=symbol, kwargs=kwargs)
            return Module(self._channel, result, symbol, self.transcript) if symbol[0].isupper() else result

        return call

    def value(self, name: str) -> Any:
        """A name of the program's module, as far as its value crosses."""
        return self._channel.request("get", name=name)


class Module:
    """A module of the submission: called, given parameters, asked for gradients.

    Raises:
        SubmissionFault: what the class made is no ``nn.Module``.
    """

    def __init__(self, channel: Channel, handle: Any, symbol: str, transcript: Transcript) -> None:
        if not isinstance(handle, ModuleHandle):
            raise SubmissionFault(f"{symbol}(...) gives {in_words(handle)}; it must be a subclass of nn.Module")
        self._channel = channel
        self._handle = handle
        self._transcript = transcript

    def __call__(self, x: torch.Tensor) -> Any:
        """The module's output on ``x``; its type is left to the comparison."""
        self._transcript.add(lambda: f"output = module({self._transcript.literal(x)})")
        return _call(self._channel, "forward", (x,), module=self._handle)

    def load_parameters(self, values: Sequence[torch.Tensor]) -> None:
        """Give the parameters these values, in order; the module takes on their dtype.

        Raises:
            SubmissionFault: number or shapes are others; lists both sides.
        """
        own = _pairs(self._channel.request("load_parameters", module=self._handle, values=list(values)))
        shapes = [list(value.shape) for value in values]
        if [shape for _, shape in own] != shapes:
            raise SubmissionFault(_both_sides(own, shapes))
        self._transcript.add(
            lambda: LOAD_PARAMETERS.format(dtype=values[0].dtype, values=self._transcript.literal(values))
        )

    def gradients(self, x: torch.Tensor, grad_output: torch.Tensor) -> dict[str, Any]:
        """Forward on ``x``, then backward from ``grad_output``: the output, and every gradient by its name.

        The value is looked at first: an output that ``grad_output`` does not fit is not gone back from.
        """
        self._transcript.add(lambda: f"output = module({self._transcript.literal(x)}.requires_grad_())")
        output = _call(self._channel, "forward_with_graph", (x,), module=self._handle, x=x)
        if not isinstance(output, torch.Tensor) or output.shape != grad_output.shape:
            return {"output": output}
        self._transcript.add(lambda: f"output.backward({self._transcript.literal(grad_output)})")
        match self._channel.request("backward", grad_output=grad_output):
            case [grad_input, [*grads]]:
                pass
            case _:
                raise SubmissionFault(NO_ANSWER)
        named = {f"gradient of parameter {place}": grad for place, grad in enumerate(grads, start=1)}
        return {"output": output, "gradient of the input": grad_input, **named}


def in_words(value: Any) -> str:
    """What a value is, in words that a learner knows."""
    match value:
        case Foreign():
            return value.what
        case ModuleHandle():
            return "an nn.Module"
        case None:
            return "None"
        case torch.Tensor():
            return f"a tensor of shape {tuple(value.shape)}"
        case list() | tuple() | dict():
            return f"a {type(value).__name__}"
    return write(value)


def _call(channel: Channel, do: str, args: tuple[Any, ...], **fields: Any) -> Any:
    """Call, and see that the arguments are as they were.

    Raises:
        SubmissionFault: the program changed an input in place.
    """
    sent = {} if do == "forward_with_graph" else {"args": list(args)}
    match channel.request(do, **fields, **sent):
        case [result, [*after]] if len(after) == len(args):
            pass
        case _:
            raise SubmissionFault(NO_ANSWER)
    for place, (before, now) in enumerate(zip(args, after, strict=True), start=1):
        if isinstance(before, torch.Tensor) and not _unchanged(before, now):
            which = "its input" if len(args) == 1 else f"its argument {place}"
            says = f"your code changes {which} in place; the caller still needs it as it was"
            raise SubmissionFault(says, [result, now])
    return result


def _unchanged(before: torch.Tensor, now: Any) -> bool:
    return (
        isinstance(now, torch.Tensor)
        and now.dtype == before.dtype
        and now.shape == before.shape
        and torch.equal(now, before)
    )


def _pairs(reply: Any) -> list[tuple[str, list[Any]]]:
    """Names and shapes, as far as a worker's word goes."""
    match reply:
        case [*items] if all(isinstance(item, list) and len(item) == 2 and isinstance(item[1], list) for item in items):
            return [(str(name), shape) for name, shape in items]
    raise SubmissionFault(NO_ANSWER)


def _both_sides(own: list[tuple[str, list[Any]]], shapes: list[list[int]]) -> str:
    yours = ", ".join(f"{name} {tuple(shape)}" for name, shape in own) or "none"
    asked = ", ".join(str(tuple(shape)) for shape in shapes)
    return f"the parameters do not fit. Asked for, in this order: {asked}. Yours: {yours}"
