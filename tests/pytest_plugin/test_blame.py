"""Whom to blame where checks are shown one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tutor.verdict import CheckResult, Verdict, to_blame

if TYPE_CHECKING:
    from tutor.verdict import CheckStatus, VerdictName


def judged(name: VerdictName, *statuses: CheckStatus) -> Verdict:
    checks = tuple(CheckResult(str(place), "", status, 0.0, 1.0) for place, status in enumerate(statuses))
    return Verdict("scale", 2, name, 0.0, 1.0, 1, {}, checks)


@pytest.mark.parametrize(
    ("verdict", "shown", "blamed"),
    [
        (judged("pass", "pass", "pass"), [0, 1], None),
        (judged("fail", "fail", "skip"), [0, 1], None),
        (judged("fail", "fail", "skip"), [1], 1),
        (judged("fail", "pass", "fail"), [0], None),
        (judged("error", "skip", "skip"), [0, 1], 0),
        (judged("not_started", "skip", "skip"), [1], 1),
        (judged("timeout", "pass", "skip", "skip"), [0, 1, 2], 1),
        (judged("timeout", "pass", "timeout"), [0, 1], None),
        (judged("error", "pass", "pass"), [0, 1], 0),
        (judged("error", "pass", "pass"), [0], None),
    ],
)
def test_what_has_not_passed_is_never_all_green(verdict: Verdict, shown: list[int], blamed: int | None) -> None:
    found = to_blame(verdict, [verdict.checks[place] for place in shown])
    assert found == (None if blamed is None else verdict.checks[blamed])
