"""Naming the mistake behind a failure from what programs give on the same cases."""

from __future__ import annotations

from collections import Counter
from operator import eq
from typing import TYPE_CHECKING

from tutor.checks.diagnosis import diagnose

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = range(8)
RIGHT = dict.fromkeys(CASES, 0)


def gives(outcomes: dict[int, int]) -> Callable[[int], int]:
    return {**RIGHT, **outcomes}.__getitem__


def named(got: dict[int, int], **wrong: dict[int, int]) -> str | None:
    return diagnose({**RIGHT, **got}, RIGHT, {name: [gives(outcomes)] for name, outcomes in wrong.items()}, eq)


def test_what_agrees_everywhere_is_named() -> None:
    assert named({1: 5, 2: 5, 3: 5}, same={1: 5, 2: 5, 3: 5}, less={1: 5, 2: 5}) == "same"


def test_two_cases_are_too_little() -> None:
    assert named({1: 5, 2: 5}, same={1: 5, 2: 5}) is None


def test_what_two_explain_gets_no_name() -> None:
    seen = {1: 5, 2: 5, 3: 5}
    assert named(seen, one=seen, other=seen) is None


def test_a_program_is_asked_no_further_than_to_its_first_disagreement() -> None:
    asked: Counter[int] = Counter()

    def other(case: int) -> int:
        asked[case] += 1
        return 1

    got = {**RIGHT, 5: 2, 6: 2, 7: 2}
    assert diagnose(got, RIGHT, {"other": [other]}, eq) is None
    assert asked == {5: 1}
