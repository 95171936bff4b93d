"""A loaded submission and what can be asked of it. Runs in the worker; the engine uses it for the author's programs.

Every operation takes and returns values of :mod:`tutor.engine.wire`; modules stay here and are known by a number.
"""

from __future__ import annotations

import linecache
import traceback
from types import ModuleType
from typing import Any

import torch
from torch import nn

from tutor.engine.wire import Foreign, ModuleHandle, Value, describe_type

MESSAGE_LENGTH = 2000
TRACEBACK_LINES = 12


class Session:
    """One submission, loaded once and driven call by call."""

    def __init__(self) -> None:
        self._namespace: dict[str, Any] = {}
        self._modules: list[nn.Module] = []
        self._pending: tuple[nn.Module, torch.Tensor, torch.Tensor] | None = None

    def handle(self, request: dict[str, Value]) -> dict[str, Value]:
        """Carry out ``{"do": operation, ...}``.

        Returns:
            ``{"value": ...}``, or ``{"raised": {...}}`` where their code raised.
        """
        operation = getattr(self, f"do_{request.pop('do')}")
        try:
            return {"value": operation(**request)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: a submission may raise anything
            return {"raised": _raised(error, self._namespace.get("__file__", ""))}

    def do_load(self, source: str, filename: str) -> None:
        """Run the submission's text as a module."""
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        module = ModuleType(filename.removesuffix(".py"))
        module.__file__ = filename
        self._namespace = module.__dict__
        exec(compile(source, filename, "exec"), self._namespace)

    def do_get(self, name: str) -> Value:
        """A name of the module: its value, or what it is where it is none that crosses."""
        if name not in self._namespace:
            raise AttributeError(f"there is no {name} in the file")
        return self._namespace[name]

    def do_call(self, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Call a function or a class of the submission. A module that comes of it stays here."""
        target = self.do_get(name)
        if not callable(target):
            raise TypeError(f"{name} is {describe_type(target)}, which cannot be called")
        return self._outcome(target(*args, **kwargs), args)

    def do_forward(self, module: ModuleHandle, args: list[Value]) -> Value:
        """Call a module."""
        return self._outcome(self._modules[module.id](*args), args)

    def do_forward_with_graph(self, module: ModuleHandle, x: torch.Tensor) -> Value:
        """Call a module on an input that wants a gradient; :meth:`do_backward` may follow."""
        leaf = x.clone().requires_grad_()
        output = self._modules[module.id](leaf)
        if isinstance(output, torch.Tensor):
            self._pending = (self._modules[module.id], leaf, output)
        return self._outcome(output, [leaf])

    def do_backward(self, grad_output: torch.Tensor) -> Value:
        """Gradients of the input and of every parameter, None where none arrives."""
        if self._pending is None:
            return Foreign("no output to go back from")
        module, leaf, output = self._pending
        self._pending = None
        module.zero_grad(set_to_none=True)
        if output.requires_grad:
            output.backward(grad_output)
        return [leaf.grad, [parameter.grad for parameter in module.parameters()]]

    def do_load_parameters(self, module: ModuleHandle, values: list[torch.Tensor]) -> Value:
        """Give a module's parameters these values and this dtype, in order, where number and shapes fit.

        Returns:
            Names and shapes of the parameters, whether they fit or not.
        """
        target = self._modules[module.id]
        own = list(target.named_parameters())
        if [parameter.shape for _, parameter in own] == [value.shape for value in values]:
            target.to(values[0].dtype)
            with torch.no_grad():
                for parameter, value in zip(target.parameters(), values, strict=True):
                    parameter.copy_(value)
        return [[name, list(parameter.shape)] for name, parameter in own]

    def _outcome(self, result: object, args: list[Value]) -> Value:
        """The result, and the arguments as they are now: a call that changes its input shows."""
        if isinstance(result, nn.Module):
            self._modules.append(result)
            result = ModuleHandle(len(self._modules) - 1)
        return [result, args]


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
