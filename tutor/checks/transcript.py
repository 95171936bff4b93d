"""The calls that a check made, as Python that can be pasted under a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tutor.engine.wire import in_memory_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tutor.checks.cases import Case


LARGE = 40
"""From so many entries on, a tensor that has one number everywhere is written without repeating it."""


class Words(str):
    """What a check says in place of a value: shown as it is, without quotes."""

    __slots__ = ()


class Transcript:
    """Remembers a check's calls on one case; they are written out only when a counterexample asks for them.

    Attributes:
        misfit: why an output could not be gone back from; empty where none was asked for, or nothing kept it from that.
    """

    def __init__(self, case: Case) -> None:
        self.misfit = ""
        self._case = case
        self._steps: list[Callable[[], str]] = []
        self._lines: list[str] = []
        self._named: dict[int, str] = {}

    def add(self, step: Callable[[], str]) -> None:
        """Add a call: a function that gives its lines, with :meth:`literal` for the values in it."""
        self._steps.append(step)

    def literal(self, value: Any) -> str:
        """How a value is written; a tensor of the case is bound to its name in the case first."""
        name = self._case.name_of(value)
        if name is None or not _holds_tensor(value):
            return write(value)
        if id(value) not in self._named:
            lines = self._case.python_of(name) or f"{name} = {write(value)}"
            # Lines that make several values come once.
            if lines not in self._lines:
                self._lines.append(lines)
            self._named[id(value)] = name
        return self._named[id(value)]

    def name_of(self, value: Any) -> str | None:
        """The name under which the case holds this very tensor."""
        return self._case.name_of(value) if isinstance(value, torch.Tensor) else None

    def leaves(self, values: Iterable[Any]) -> str:
        """Lines after which the floating-point tensors among these want gradients."""
        wanting = [value for value in values if isinstance(value, torch.Tensor) and value.is_floating_point()]
        return "\n".join(f"{self.literal(value)}.requires_grad_()" for value in wanting if self.name_of(value))

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """What stands between the parentheses of a call."""
        return ", ".join([*map(self.literal, args), *(f"{name}={self.literal(arg)}" for name, arg in kwargs.items())])

    def text(self) -> str:
        """The calls, line by line, imports first."""
        self._lines, self._named = ["import torch", ""], {}
        for step in self._steps:
            if lines := step():
                self._lines.append(lines)
        return "\n".join(self._lines)


def write(value: Any) -> str:
    """A value as Python source."""
    if isinstance(value, Words):
        return str(value)
    if isinstance(value, torch.Tensor) and (permuted := in_memory_order(value))[1]:
        dense, axes = permuted
        return f"{write(dense)}.permute{axes}"
    if isinstance(value, torch.Tensor) and value.numel() >= LARGE and bool((value == value.flatten()[0]).all()):
        return _filled(value)
    if isinstance(value, torch.Tensor):
        dtype = "" if value.dtype == torch.float32 else f", dtype={value.dtype}"
        return f"torch.tensor({_numbers(value.tolist())}{dtype})"
    if isinstance(value, list) and _holds_tensor(value):
        return "[\n" + "".join(f"    {write(item)},\n" for item in value) + "]"
    if isinstance(value, dict) and _holds_tensor(value):
        return "{\n" + "".join(f"    {name!r}: {write(item)},\n" for name, item in value.items()) + "}"
    return repr(value)


def number(value: float) -> str:
    """A number as one would write it: whole ones without a decimal point's zeros."""
    return f"{value:.10g}"


def short(value: float) -> str:
    """A number in so few places that a table of them is quickly looked over."""
    return f"{value:.4g}"


def _filled(tensor: torch.Tensor) -> str:
    value = tensor.flatten()[0].item()
    if value in (0, 1) and tensor.dtype != torch.bool:
        return _made("ones" if value else "zeros", tensor)
    return _made("full", tensor, f", {_numbers(value)}")


def _made(function: str, tensor: torch.Tensor, more: str = "") -> str:
    dtype = "" if tensor.dtype == torch.float32 else f", dtype={tensor.dtype}"
    return f"torch.{function}({tuple(tensor.shape)}{more}{dtype})"


def _numbers(nested: Any) -> str:
    if isinstance(nested, list):
        return "[" + ", ".join(map(_numbers, nested)) + "]"
    return f"{nested:g}." if isinstance(nested, float) and nested.is_integer() and abs(nested) < 1e6 else repr(nested)


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_tensor, value.values()))
    return isinstance(value, torch.Tensor) or (isinstance(value, list) and any(map(_holds_tensor, value)))
