"""Feeding an executor so that what waits never piles up. Imports nothing but the standard library."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")
Result = TypeVar("Result")


def results(
    executor: Executor, function: Callable[[Item], Result], items: Iterable[Item], window: int
) -> Iterator[Result]:
    """What a function gives for each of many items, as it is done, in any order.

    Args:
        items: taken one by one, when there is room for the next.
        window: how many are with the executor at once.

    Raises:
        Exception: whatever the function raises; what has not begun is cancelled then, as it is when nobody takes the
            results any more.
    """
    ahead = iter(items)
    there: set[Future[Result]] = set()
    try:
        while True:
            there |= {executor.submit(function, item) for item in islice(ahead, window - len(there))}
            if not there:
                return
            done, there = wait(there, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in there:
            future.cancel()
