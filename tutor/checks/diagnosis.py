"""Naming the misconception behind a failure, by running the author's wrong programs on the same cases."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

MIN_EVIDENCE = 3
"""On how many cases a wrong program must differ from the reference and from all others, to be named."""

Key = TypeVar("Key", bound=Hashable)
Seen = TypeVar("Seen")


def diagnose(
    got: Mapping[Key, Seen],
    expected: Mapping[Key, Seen],
    wrong: Mapping[str, Sequence[Mapping[Key, Seen]]],
    same: Callable[[Seen, Seen], bool],
) -> str | None:
    """The one misconception that explains a submission, or None.

    A misconception explains it when one of its wrong programs agrees with the submission on every case, among them at
    least :data:`MIN_EVIDENCE` on which that program differs from the reference and from every program of every other
    misconception. A submission with two mistakes at once agrees with no program everywhere, and gets no name.

    Args:
        got: what the submission gave, by case.
        expected: what the reference gave.
        wrong: for each misconception what its wrong programs gave.
        same: whether two outcomes are equal within the exercise's tolerance.
    """
    explaining = []
    for misconception, programs in wrong.items():
        others = [program for name, own in wrong.items() if name != misconception for program in own]
        for program in programs:
            if all(same(program[case], outcome) for case, outcome in got.items()):
                telling = [
                    case for case in got if not any(same(program[case], other[case]) for other in (expected, *others))
                ]
                if len(telling) >= MIN_EVIDENCE:
                    explaining.append(misconception)
                    break
    return explaining[0] if len(explaining) == 1 else None
