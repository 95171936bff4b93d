"""What one check found, before it becomes part of a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.clipping import clipped
from tutor.verdict import CheckResult, CheckStatus, Counterexample, WrongValue

if TYPE_CHECKING:
    from tutor.course.manifest import CheckEntry

MESSAGE_LENGTH = 4000
VALUE_LENGTH = 200
"""How much a verdict says, whatever a submission has done: it is stored, sent and drawn."""


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
            message=clipped(self.message, MESSAGE_LENGTH),
            counterexample=_with_value_cut(self.counterexample),
            wrong_values=self.wrong_values,
        )


def _with_value_cut(example: Counterexample | None) -> Counterexample | None:
    """A counterexample without all of what a submission may have put in a value's place."""
    if example is None:
        return None
    return replace(example, got=clipped(example.got, VALUE_LENGTH))
