"""Feeding an executor: results as they come, never more ahead than the window, and nothing left behind."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tutor.spread.window import results

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = 3


def test_everything_is_done_and_comes_back() -> None:
    with ThreadPoolExecutor(2) as executor:
        assert sorted(results(executor, lambda n: n * n, range(20), WINDOW)) == [n * n for n in range(20)]


def test_no_more_is_taken_than_the_window_has_room_for() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as executor:
        for count, _ in enumerate(results(executor, lambda n: n, items(), WINDOW), start=1):
            assert len(taken) <= count + WINDOW
    assert len(taken) == 100


def test_what_goes_wrong_is_raised_and_what_waits_is_cancelled() -> None:
    begun: list[int] = []
    gate = threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        if number == 0:
            raise ValueError("no")
        gate.wait(60)
        return number

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(ValueError, match="no"):
            list(results(executor, work, range(10), WINDOW))
        gate.set()
    assert len(begun) <= 2


def test_nobody_need_take_them_all() -> None:
    done: list[int] = []
    with ThreadPoolExecutor(1) as executor:
        there = results(executor, done.append, range(1000), WINDOW)
        next(there)
        there.close()  # type: ignore[attr-defined]
    assert len(done) <= 1 + WINDOW
