"""A loaded submission and what can be asked of it. Runs in the worker; the engine uses it for the author's programs.

Every operation takes and returns values of :mod:`tutor.engine.wire`; modules stay here and are known by a number.
"""

from __future__ import annotations

import linecache
import math
import sys
import traceback
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from tutor.engine.forbid import Watch
from tutor.engine.trainee import Trainee
from tutor.engine.wire import Foreign, ModuleHandle, Value, describe_type

MESSAGE_LENGTH = 2000
TRACEBACK_LINES = 12
MAX_ARRAY = 1 << 12

CALLS = frozenset(("call", "forward", "call_with_graph", "forward_with_graph"))
"""The operations that call what the submission has defined: their value is ``[result, changed]``, and ``changed`` has
those of the tensors it was given that are no longer as they were, by place ("0", "1", …) or by keyword.
"""

# As they are here before any submission is loaded, which may put others in their place.
_clone = torch.Tensor.clone
_equal = torch.equal


class NotDefined(AttributeError):
    """The submission does not define what it is asked for."""


@dataclass(frozen=True)
class _Pending:
    """An output that can be gone back from.

    Attributes:
        output: where to begin.
        leaves: the inputs, None where one is no floating-point tensor.
        module: whose output it is, or None for that of a function.
    """

    output: torch.Tensor
    leaves: list[torch.Tensor | None]
    module: nn.Module | None


class Session:
    """One submission, loaded once and driven call by call."""

    def __init__(self) -> None:
        self._namespace: dict[str, Any] = {}
        self._modules: list[nn.Module] = []
        self._pending: _Pending | None = None
        self._mode: AbstractContextManager[Any] = nullcontext()
        self._images: list[torch.Tensor] = []
        self._labels: list[torch.Tensor] = []
        self._trainee: Trainee | None = None

    def handle(self, request: dict[str, Value]) -> dict[str, Value]:
        """Carry out ``{"do": operation, ...}``.

        Returns:
            ``{"value": ...}``, or ``{"raised": {...}}`` where their code raised.
        """
        do = request.pop("do")
        operation = getattr(self, f"do_{do}")
        try:
            if do not in CALLS:
                with self._mode:
                    return {"value": operation(**request)}
            given = {part: request[part] for part in ("args", "kwargs") if part in request}
            own = {part: _copied(values) for part, values in given.items()}
            with self._mode:
                result = operation(**request | own)
            return {"value": [result, _changed(_by_place(**given), _by_place(**own))]}
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: a submission may raise anything
            return {"raised": _raised(error, self._namespace.get("__file__", ""))}

    def forget_modules(self) -> None:
        """Let go of the modules made so far, and of what is pending."""
        self._modules.clear()
        self._pending = None

    def do_load(self, source: str, filename: str, forbidden: dict[str, str]) -> None:
        """Run the submission's text as a module, and from then on forbid it these operators."""
        if forbidden:
            self._mode = Watch(forbidden)
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        module = ModuleType("submission")
        module.__file__ = filename
        # As after an import: dataclasses look up there what a class's annotations mean.
        sys.modules[module.__name__] = module
        self._namespace = module.__dict__
        code = _compiled(source, filename)
        with self._mode:
            exec(code, self._namespace)

    def do_get(self, name: str) -> Value:
        """A name of the module: its value, or what it is where it is none that crosses."""
        return _without_arrays(self._named(name))

    def do_call(self, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Call a function or a class of the submission. A module that comes of it stays here."""
        return self._kept(self._callable(name)(*args, **kwargs))

    def do_forward(self, module: ModuleHandle, args: list[Value]) -> Value:
        """Call a module."""
        return self._kept(self._modules[module.id](*args))

    def do_call_with_graph(self, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Call a function on inputs that want gradients; :meth:`do_backward` may follow."""
        return self._with_graph(self._callable(name), args, kwargs)

    def do_forward_with_graph(self, module: ModuleHandle, args: list[Value]) -> Value:
        """Call a module on inputs that want gradients; :meth:`do_backward` may follow."""
        target = self._modules[module.id]
        return self._with_graph(target, args, {})

    def do_backward(self, grad_output: torch.Tensor) -> Value:
        """Gradients of the inputs, and where there is a module of every parameter by name; None where none arrives."""
        if self._pending is None:
            return Foreign("no output to go back from")
        pending, self._pending = self._pending, None
        parameters = dict(pending.module.named_parameters()) if pending.module else {}
        for parameter in parameters.values():
            parameter.grad = None
        if pending.output.requires_grad:
            # The same as backward(grad_output), which would import sympy first: 300 ms in every worker.
            (pending.output * grad_output).sum().backward()
        inputs = [None if leaf is None else leaf.grad for leaf in pending.leaves]
        return [inputs, {name: parameter.grad for name, parameter in parameters.items()}]

    def do_load_parameters(self, module: ModuleHandle, values: list[torch.Tensor]) -> Value:
        """Give a module's parameters these values and this dtype, in order, where number and shapes fit.

        Returns:
            Names and shapes of the parameters, whether they fit or not.
        """
        target = self._modules[module.id]
        if values:
            target.to(values[0].dtype)
        return _load(list(target.named_parameters()), values)

    def do_load_buffers(self, module: ModuleHandle, values: list[torch.Tensor]) -> Value:
        """Give a module's buffers these values, in order, where number and shapes fit.

        Returns:
            Names and shapes of the buffers, whether they fit or not.
        """
        return _load(list(self._modules[module.id].named_buffers()), values)

    def do_state_dict(self, module: ModuleHandle) -> Value:
        """What a module would save."""
        target = self._modules[module.id]
        carrying = _carrying_a_graph(target)
        return {name: carrying.get(name, value) for name, value in target.state_dict().items()}

    def do_load_state_dict(self, module: ModuleHandle, values: dict[str, torch.Tensor]) -> Value:
        """Load a state where names and shapes fit; floating-point parameters and buffers take on its dtype.

        Returns:
            Names and shapes of the module's own state, whether they fit or not.
        """
        target = self._modules[module.id]
        own = target.state_dict()
        if {name: value.shape for name, value in own.items()} == {name: value.shape for name, value in values.items()}:
            dtype = next((value.dtype for value in values.values() if value.is_floating_point()), None)
            target.to(dtype)
            target.load_state_dict(values)
        return [[name, list(value.shape)] for name, value in own.items()]

    def do_buffers(self, module: ModuleHandle) -> Value:
        """A module's buffers by name."""
        target = self._modules[module.id]
        return {**dict(target.named_buffers()), **_carrying_a_graph(target)}

    def do_set_training(self, module: ModuleHandle, training: bool) -> None:
        """Put a module into train or eval mode."""
        self._modules[module.id].train(training)

    def do_take_images(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        """Take more of what is trained on: (N, 1, 28, 28) and (N,)."""
        self._images.append(images)
        self._labels.append(labels)

    def do_begin_training(self, name: str, args: list[Value], seed: int, images: int | None, **recipe: Any) -> None:
        """Make a network, and let it be trained from now on, on the first ``images`` images."""
        torch.manual_seed(seed)
        network = self._callable(name)(*args)
        if not isinstance(network, nn.Module):
            raise TypeError(f"{name}({', '.join(map(repr, args))}) gives {describe_type(network)}, and no nn.Module")
        # Joined once; they are hundreds of megabytes.
        self._images, self._labels = [torch.cat(self._images)], [torch.cat(self._labels)]
        self._trainee = Trainee(network, self._images[0][:images], self._labels[0][:images], seed=seed, **recipe)

    def do_train(self, seconds: float) -> Value:
        """Train for about so long: steps taken, steps in all, the last loss."""
        trainee = self._the_trainee()
        trainee.train(seconds)
        return [trainee.step, trainee.steps, trainee.loss]

    def do_logits(self, images: torch.Tensor) -> Value:
        """What the trained network gives for these images, in eval mode."""
        return self._the_trainee().logits(images)

    def _the_trainee(self) -> Trainee:
        if self._trainee is None:
            raise RuntimeError("nothing is trained")
        return self._trainee

    def _named(self, name: str) -> Any:
        if name not in self._namespace:
            raise NotDefined(f"there is no {name} in the file")
        return self._namespace[name]

    def _callable(self, name: str) -> Any:
        target = self._named(name)
        if not callable(target):
            raise TypeError(f"{name} is {describe_type(target)}, which cannot be called")
        return target

    def _with_graph(self, target: Any, args: list[Value], kwargs: dict[str, Value]) -> Value:
        inputs = [*args, *kwargs.values()]
        for leaf in filter(_wants_gradient, inputs):
            leaf.requires_grad_()
        output = target(*args, **kwargs)
        if isinstance(output, torch.Tensor):
            leaves = [leaf if _wants_gradient(leaf) else None for leaf in inputs]
            self._pending = _Pending(output, leaves, target if isinstance(target, nn.Module) else None)
        return self._kept(output)

    def _kept(self, result: object) -> Value:
        """What crosses of a call's result: a module stays here."""
        if not isinstance(result, nn.Module):
            return result
        self._modules.append(result)
        return ModuleHandle(len(self._modules) - 1)


# An author's programs are loaded again and again, for one seed after the other.
@lru_cache(maxsize=256)
def _compiled(source: str, filename: str) -> CodeType:
    return compile(source, filename, "exec")


def _carrying_a_graph(module: nn.Module) -> dict[str, Foreign]:
    """The buffers that keep a graph alive, and with it the batch that they were computed from."""
    return {
        name: Foreign("a tensor that still carries the graph")
        for name, buffer in module.named_buffers()
        if buffer.grad_fn is not None
    }


def _load(own: list[tuple[str, torch.Tensor]], values: list[torch.Tensor]) -> Value:
    """Copy values into a module's tensors, all of them or none."""
    if [tensor.shape for _, tensor in own] == [value.shape for value in values]:
        with torch.no_grad():
            for (_, tensor), value in zip(own, values, strict=True):
                tensor.copy_(value)
    return [[name, list(tensor.shape)] for name, tensor in own]


def _without_arrays(value: Any, depth: int = 0) -> Any:
    """A value with lists in place of NumPy's arrays, which do not cross: numbers by hand may well come in them."""
    if isinstance(value, np.ndarray) and math.prod(max(1, size) for size in value.shape) <= MAX_ARRAY:
        return value.tolist()
    # In a table, each row may be one.
    if type(value) in (list, tuple) and depth < 2:
        return type(value)(_without_arrays(item, depth + 1) for item in value)
    return value


def _copied(values: Any) -> Any:
    """A list or a dict of arguments with tensors of its own."""
    if isinstance(values, dict):
        return dict(zip(values, _copied([*values.values()]), strict=True))
    return [_clone(value) if isinstance(value, torch.Tensor) else value for value in values]


def _by_place(args: list[Value], kwargs: dict[str, Value] | None = None) -> dict[str, Value]:
    return {str(place): value for place, value in enumerate(args)} | (kwargs or {})


def _changed(before: dict[str, Value], now: dict[str, Value]) -> dict[str, Value]:
    """Those tensors that are no longer as they were."""
    return {
        place: now[place]
        for place, value in before.items()
        if isinstance(value, torch.Tensor) and not _is_same(value, now[place])
    }


def _is_same(before: torch.Tensor, now: torch.Tensor) -> bool:
    return now.dtype == before.dtype and now.shape == before.shape and _equal(now, before)


def _wants_gradient(value: Value) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _raised(error: BaseException, filename: str) -> dict[str, Value]:
    """What their code raised, with a traceback cut to their own file."""
    try:
        message = str(error)
    except BaseException:
        message = "(its message cannot be read)"
    lines = []
    if isinstance(error, SyntaxError) and error.filename == filename:
        message = error.msg
        lines.append([error.lineno or 0, (error.text or "").rstrip()])
    try:
        frames = traceback.extract_tb(error.__traceback__)
        lines += [[frame.lineno or 0, frame.line or ""] for frame in frames if frame.filename == filename]
    except BaseException:
        lines = []
    return {"type": type(error).__name__, "message": message[:MESSAGE_LENGTH], "lines": lines[-TRACEBACK_LINES:]}
