"""Naming the misconception behind a failure, by running the author's wrong programs on the same cases."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

MIN_EVIDENCE = 3
"""On how many cases a wrong program must differ from the reference, to be named."""

Key = TypeVar("Key", bound=Hashable)
Seen = TypeVar("Seen")


def diagnose(
    got: Mapping[Key, Seen],
    expected: Mapping[Key, Seen],
    wrong: Mapping[str, Sequence[Callable[[Key], Seen]]],
    same: Callable[[Seen, Seen], bool],
    at_least: int = MIN_EVIDENCE,
) -> str | None:
    """The one misconception that explains a submission, or None.

    A misconception explains it when one of its wrong programs agrees with the submission on every case, and differs
    from the reference on ``at_least`` of them. It is named only if no other misconception explains it
    too, so that some case tells it from each of the others. A submission with two mistakes at once agrees with no
    program everywhere, and gets no name.

    Args:
        got: what the submission gave, by case.
        expected: what the reference gave.
        wrong: for each misconception what its wrong programs give on a case; asked no further than needed.
        same: whether two outcomes are equal within the exercise's tolerance.
        at_least: on how many cases the submission must differ from the reference.
    """
    telling = [case for case, outcome in got.items() if not same(expected[case], outcome)]
    if len(telling) < at_least:
        return None
    # Where the submission failed, most wrong programs part from it at the first case.
    order = [*telling, *(case for case in got if case not in set(telling))]
    explaining = [
        misconception
        for misconception, programs in wrong.items()
        if any(all(same(program(case), got[case]) for case in order) for program in programs)
    ]
    return explaining[0] if len(explaining) == 1 else None
