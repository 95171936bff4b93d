"""The verdict on a submission: plain data that the engine writes and every face shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.course import Exercise

VerdictName = Literal["pass", "fail", "error", "timeout", "not_started", "grader_error"]
CheckStatus = Literal["pass", "fail", "error", "timeout", "skip"]

FORMAT = 1

DEFAULT_SEED = 1
"""Draws the cases unless another is asked for: the same text gets the same verdict everywhere."""


@dataclass(frozen=True)
class Window:
    """The part of the input that one element of a convolution's or a pooling's output is computed from.

    Attributes:
        says: which part it is, e.g. ``x[0, :, 0:2, 1:4]``, or in words where some of it lies outside.
        channels: for each input channel a table of its entries as text; ``·`` where there is padding.
        first_channel: the number of the first of these channels.
    """

    says: str
    channels: tuple[tuple[tuple[str, ...], ...], ...]
    first_channel: int = 0


@dataclass(frozen=True)
class SideBySide:
    """The table that the first differing element lies in, or the part of it around that element.

    Attributes:
        says: which part it is of what was compared, e.g. ``output[0, 1, 4:12, :]``.
        expected: the reference's rows, each entry as text.
        got: the submission's.
        differs: which entries do.
    """

    says: str
    expected: tuple[tuple[str, ...], ...]
    got: tuple[tuple[str, ...], ...]
    differs: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class Counterexample:
    """The smallest case, in the order of the cases, on which a submission differs from the reference.

    Attributes:
        python: the calls that led to the difference, as Python that can be pasted under the submission.
        name: what was compared, e.g. ``output`` or ``gradient of the input``.
        index: the first differing element's index; empty for a value that is no tensor.
        expected: the reference's value there, as text.
        got: the submission's value there, as text.
        differing: how many elements differ.
        total: how many elements were compared.
        window: what of the input the first differing element comes from, where the exercise can say.
        around: the element among its neighbours; None where it has none, or where the whole value differs.
    """

    python: str
    name: str
    index: tuple[int, ...]
    expected: str
    got: str
    differing: int
    total: int
    window: Window | None = None
    around: SideBySide | None = None


@dataclass(frozen=True)
class WrongValue:
    """One entry of a by-hand answer that is off. What is right is not given away.

    Attributes:
        blank: the name to be filled in, e.g. ``q2_variance``.
        index: the entry's place in it; empty for a single number.
        got: what the learner answered there, as text.
    """

    blank: str
    index: tuple[int, ...]
    got: str


@dataclass(frozen=True)
class CheckResult:
    """How one check of an exercise ended."""

    id: str
    says: str
    status: CheckStatus
    points: float
    max_points: float
    message: str = ""
    misconception: str | None = None
    counterexample: Counterexample | None = None
    wrong_values: tuple[WrongValue, ...] = ()


@dataclass(frozen=True)
class SandboxLayer:
    """One layer of what kept a submission in, and whether it was on.

    Attributes:
        name: e.g. ``landlock``.
        on: whether it held while the submission ran.
        why: why it was off, in words; empty where it was on.
    """

    name: str
    on: bool
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """The verdict on one submission to one exercise.

    Attributes:
        tolerance: the rule by which numbers were compared; printed with the verdict.
        misconception: id of the one misconception that explains the failure, or None.
        looks_like: that misconception in the teacher's words, or empty.
        message: why there is no more to say than the name of the verdict (an error, a time-out); else empty.
        printed: what the submission wrote to its output, cut to a few kilobytes.
        duration_ms: from the request to the verdict, in milliseconds, as the engine measured it.
        sandbox: the layers that kept the submission in; empty where it never ran.
    """

    exercise: str
    number: int
    verdict: VerdictName
    score: float
    max_score: float
    seed: int
    tolerance: dict[str, Any]
    checks: tuple[CheckResult, ...]
    misconception: str | None = None
    looks_like: str = ""
    message: str = ""
    printed: str = ""
    duration_ms: float = 0.0
    sandbox: tuple[SandboxLayer, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the submission passed; everything else, skipped checks included, has not."""
        return self.verdict == "pass"

    def to_dict(self) -> dict[str, Any]:
        """The fixed JSON shape of ``check --format json``."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Any) -> Verdict:
        """Inverse of :meth:`to_dict`.

        Raises:
            msgspec.ValidationError: the data has not that shape.
        """
        return msgspec.convert(data, cls)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """The verdict that :meth:`to_dict` gave, from JSON.

        Raises:
            msgspec.DecodeError: it is no JSON.
            msgspec.ValidationError: it has not that shape.
        """
        return msgspec.json.decode(text, type=cls)


def not_judged(exercise: Exercise, seed: int, why: str) -> Verdict:
    """The verdict where the grader itself could not judge: no points, and no blame for the submission."""
    manifest = exercise.manifest
    return Verdict(
        exercise=exercise.slug,
        number=exercise.number,
        verdict="grader_error",
        score=0.0,
        max_score=manifest.points,
        seed=seed,
        tolerance=msgspec.to_builtins(manifest.tolerance),
        checks=tuple(
            CheckResult(entry.id, entry.says, "skip", 0.0, entry.points, "could not run") for entry in manifest.check
        ),
        message=why,
    )


def to_blame(verdict: Verdict, shown: Sequence[CheckResult]) -> CheckResult | None:
    """The check to blame where checks are shown one by one and none of those shown carries the blame itself.

    So it is with a syntax error, an untouched starter, a grader that could not judge, or a check that waits for one
    that is not shown. What has not passed is never all green for that.

    Args:
        verdict: whose checks these are.
        shown: those of its checks that are shown, in their order.

    Returns:
        The first that was not run, else the first; None where nothing is to be blamed, as where of a few that are shown
        all have passed.
    """
    if verdict.passed or any(check.status in ("fail", "error", "timeout") for check in shown):
        return None
    not_run = next((check for check in shown if check.status == "skip"), None)
    return not_run or (shown[0] if len(shown) == len(verdict.checks) else None)
