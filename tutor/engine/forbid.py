"""Keeping a submission from having PyTorch do what it is asked to write itself.

What counts is the operators that really run, so that no alias, import or wrapper hides a call. Some functions PyTorch
takes apart before any operator of their own runs: a dropout on the CPU is a draw and a product, as a learner's is.
Those are known by the call, which PyTorch announces by whatever way it is made: torch, torch.nn, torch.ops, torch._VF.

It guards learning, not marks: a program in its own process can get around it by setting out to.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self

import torch
from torch.autograd import forward_ad
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

Forbidden = Mapping[str, str]
"""ATen operators, each with the name of the function that it is forbidden by. ``dropout()`` is a function, known by the
call and not by an operator; :data:`AUTOGRAD` may stand among them, too."""

CALL = "()"

AUTOGRAD = "torch.autograd"
"""Stands among the operators for any that runs while PyTorch differentiates: back from an output, or, in forward mode,
forth with an input. What is only recorded to be gone back from is let be."""


class ForbiddenOperator(Exception):
    """The submission ran an operator that its exercise forbids."""

    @classmethod
    def by(cls, name: str) -> Self:
        """The error where something is run that the manifest's ``forbid`` forbids by this name."""
        return cls(f"{name} may not be used here: it is what you are asked to write")


class Watch:
    """While it is on, what is forbidden raises :class:`ForbiddenOperator` instead of running.

    PyTorch's modes hold for one thread. A thread that is started meanwhile is watched by itself until it ends; what it
    was refused, where it did not see to that itself, is raised when the watch ends under which it was started.
    """

    def __init__(self, forbidden: Forbidden) -> None:
        self._forbidden = forbidden
        self._stack = ExitStack()
        self._outer: Watch | None = None
        self._refused: list[ForbiddenOperator] = []
        _follow_threads()

    def __enter__(self) -> None:
        self._stack.enter_context(ForbidMode(self._forbidden))
        # Costs some microseconds for every call of PyTorch's: only where it is needed.
        if any(name.endswith(CALL) for name in self._forbidden):
            self._stack.enter_context(_CallMode(self._forbidden))
        self._outer, _here.watch = _here.watch, self

    def __exit__(self, raised: type[BaseException] | None, *_: object) -> None:
        _here.watch = self._outer
        self._stack.close()
        refused, self._refused = self._refused, []
        if refused and raised is None:
            raise refused[0]

    def follow(self, thread: threading.Thread) -> None:
        """Watch a thread, too, that is about to be started."""
        run = thread.run

        def run_watched() -> None:
            try:
                with Watch(self._forbidden):
                    run()
            except ForbiddenOperator as refused:
                self._refused.append(refused)

        thread.run = run_watched  # type: ignore[method-assign]


class ForbidMode(TorchDispatchMode):
    """While it is on, a forbidden operator raises :class:`ForbiddenOperator` instead of running."""

    def __init__(self, forbidden: Forbidden) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._forbidden = forbidden

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Nothing is compiled here, and keeping the compiler away would import it first: a second, for each worker.
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if AUTOGRAD in self._forbidden and _differentiates():
            name = AUTOGRAD
        if name in self._forbidden:
            raise ForbiddenOperator.by(self._forbidden[name])
        return func(*args, **(kwargs or {}))


def _differentiates() -> bool:
    """Whether what runs now, runs because PyTorch computes a derivative, under whatever name that was asked for."""
    # On the CPU the thread that calls goes back itself; torch.func uses both as well.
    back: bool = torch._C._current_graph_task_id() != -1  # noqa: SLF001 - it is said nowhere else
    forth: bool = forward_ad._current_level != -1  # noqa: SLF001
    return back or forth


class _CallMode(TorchFunctionMode):
    """The same for functions that are known by the call."""

    def __init__(self, forbidden: Forbidden) -> None:
        super().__init__()
        functions = {name.removesuffix(CALL): by for name, by in forbidden.items() if name.endswith(CALL)}
        # As torch.ops may call them: torch.ops.aten.dropout.default.
        self._forbidden = functions | {f"{name}.default": by for name, by in functions.items()}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name in self._forbidden:
            raise ForbiddenOperator.by(self._forbidden[name])
        return func(*args, **(kwargs or {}))


class _Here(threading.local):
    """What a thread knows.

    Attributes:
        watch: the innermost watch that is on in it.
    """

    watch: Watch | None = None


_here = _Here()
_start = threading.Thread.start


def _follow_threads() -> None:
    """From now on, see to it that threads are watched that are started under a watch."""
    if threading.Thread.start is _start:
        threading.Thread.start = _start_watched  # type: ignore[assignment, method-assign]


def _start_watched(thread: threading.Thread) -> None:
    if _here.watch is not None:
        _here.watch.follow(thread)
    _start(thread)
