"""What one check found, before it becomes part of a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.verdict import CheckResult, CheckStatus, Counterexample, WrongValue

if TYPE_CHECKING:
    from tutor.course.manifest import CheckEntry

HIDDEN = "this check's cases are not shown"


@dataclass(frozen=True)
class Finding:
    """How one check ended; points are given for a pass only."""

    status: CheckStatus
    message: str = ""
    counterexample: Counterexample | None = None
    wrong_values: tuple[WrongValue, ...] = ()

    def result(self, entry: CheckEntry) -> CheckResult:
        """The finding as the verdict has it."""
        return CheckResult(
            id=entry.id,
            says=entry.says,
            status=self.status,
            points=entry.points if self.status == "pass" else 0.0,
            max_points=entry.points,
            message=HIDDEN if entry.hidden and self.status != "pass" else self.message,
            counterexample=None if entry.hidden else self.counterexample,
            wrong_values=() if entry.hidden else self.wrong_values,
        )
