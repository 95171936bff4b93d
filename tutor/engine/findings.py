"""What one check found, before it becomes part of a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.verdict import CheckResult, CheckStatus, Counterexample, WrongValue

if TYPE_CHECKING:
    from tutor.course.manifest import CheckEntry


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
            message=self.message,
            counterexample=self.counterexample,
            wrong_values=self.wrong_values,
        )
