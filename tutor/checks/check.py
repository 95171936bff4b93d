"""A check: a function that is run on the reference and on the submission, and what it sees there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.cases import Case
from tutor.checks.submission import Submission, SubmissionFault, in_words
from tutor.engine.channel import Raised, SubmissionRaised
from tutor.engine.forbid import ForbiddenOperator
from tutor.engine.session import NotDefined
from tutor.engine.wire import describe_type
from tutor.verdict import Window

if TYPE_CHECKING:
    from tutor.checks.transcript import Transcript
    from tutor.engine.channel import Channel

Cases = Callable[[torch.Generator], Iterable[Case]]
Script = Callable[[Submission, Case], Mapping[str, Any]]
WindowOf = Callable[[Case, tuple[int, ...]], Window]


SLIPS = frozenset(
    kind.__name__
    for kind in (
        *(NotDefined, NameError, UnboundLocalError, ImportError, ModuleNotFoundError),
        *(SyntaxError, IndentationError, TabError),
    )
)
"""Exceptions of who has mistyped something or left it out, whatever they have understood."""


class CheckFault(Exception):
    """A check does what none may do, whatever it is run on; the message says what, in words for its author."""


@dataclass(frozen=True)
class Trouble:
    """Why a check could not see a submission's values.

    Attributes:
        says: what happened, in words for the learner.
        raised: the exception, where the submission raised one.
        evidence: values by which two programs in the same trouble can still be told apart.
        alike: what two programs in the same trouble have in common; empty where that is what it says.
        has_loaded: whether there is a program at all.
    """

    says: str
    raised: Raised | None = None
    evidence: tuple[Any, ...] = ()
    alike: str = ""
    has_loaded: bool = True

    @property
    def is_slip(self) -> bool:
        """Whether something is mistyped or missing, so that no misconception can be read from it."""
        return not self.has_loaded or (self.raised is not None and self.raised.type in SLIPS)

    @property
    def is_error(self) -> bool:
        """Whether the submission broke down, rather than did what it should not."""
        return self.raised is not None and not _is_forbidden(self.raised)


@dataclass(frozen=True)
class Observation:
    """What a check saw of a program on one case.

    Attributes:
        values: what was compared, by name; or why there is nothing to compare.
        transcript: the calls that were made.
        misfit: why an output could not be gone back from, with both shapes; empty where nothing kept it from that.
    """

    values: Mapping[str, Any] | Trouble
    transcript: Transcript | None = None
    misfit: str = ""


@dataclass(frozen=True)
class Check:
    """One check of an implement exercise.

    Attributes:
        id: its id in ``exercise.toml``.
        cases: draws its cases, in growing size.
        script: what is done with the submission, and what is compared.
        window: says which part of the input an element of the output comes from, or None.
        shrink: the names of the case's tensors whose values may be made simpler in a counterexample.
    """

    id: str
    cases: Cases
    script: Script
    window: WindowOf | None = None
    shrink: tuple[str, ...] = ()

    def draw(self, seed: int) -> list[Case]:
        """The cases of a seed.

        Raises:
            CheckFault: what is drawn is no case, or cannot be made simpler where ``shrink`` says so.
        """
        drawn = list(self.cases(torch.Generator().manual_seed(seed)))
        for case in drawn:
            if not isinstance(case, Case):
                raise CheckFault(f"check `{self.id}`: its cases give {_what(case)}; each must be a Case(...)")
            self._refuse_shrink(case)
        return drawn

    def _refuse_shrink(self, case: Case) -> None:
        for name in self.shrink:
            if name not in case.names():
                raise CheckFault(
                    f"check `{self.id}`: shrink names `{name}`, which a case has not; it has {', '.join(case.names())}"
                )
            value = case.value(name)
            if value is not None and not _can_be_simpler(value):
                raise CheckFault(f"check `{self.id}`: shrink names `{name}`, which is no tensor of numbers in a case")

    def observe(self, channel: Channel, case: Case) -> Observation:
        """Run the script on a program.

        Raises:
            CheckFault: the script returns nothing that could be compared.
            SubmissionTimedOut: the program used up its time.
            SubmissionDied: the program's process is gone.
        """
        own = case.copy()
        submission = Submission(channel, own)
        try:
            values: Mapping[str, Any] | Trouble = self.script(submission, own)
        except SubmissionRaised as error:
            values = Trouble(raised_in_words(error.raised), error.raised)
        except SubmissionFault as fault:
            values = Trouble(str(fault), evidence=fault.evidence, alike=fault.alike)
        else:
            self._refuse_values(values)
        return Observation(values, submission.transcript, submission.transcript.misfit)

    def _refuse_values(self, values: object) -> None:
        must = "it must return a dict of what is compared"
        if not isinstance(values, Mapping):
            raise CheckFault(f"check `{self.id}` returns {_what(values)}; {must}")
        if odd := [name for name in values if not isinstance(name, str)]:
            raise CheckFault(f"check `{self.id}` returns a dict with the key {odd[0]!r}; {must}, by names")


def check(
    id: str,  # noqa: A002 - the manifest's own word
    cases: Cases,
    *,
    window: WindowOf | None = None,
    shrink: Iterable[str] = (),
) -> Callable[[Script], Check]:
    """Make a function a check of the exercise.

    Args:
        id: the check's id in ``exercise.toml``.
        cases: draws the cases from a seeded generator, in growing size.
        window: from a case and an index into the output, the part of the input that this element comes from.
        shrink: names of the case's tensors for which any whole numbers will do, so that a counterexample may have
            simpler ones than were drawn.
    """
    return lambda script: Check(id, cases, script, window, tuple(shrink))


def raised_in_words(raised: Raised) -> str:
    """An exception as the learner sees it: its type, its message, and the lines of their own file."""
    where = "".join(f"\n  line {number}: {source}" for number, source in raised.lines)
    if _is_forbidden(raised) or raised.type == NotDefined.__name__:
        return raised.message + where
    says = f"{raised.type}: {raised.message}" if raised.message else raised.type
    if raised.type == PermissionError.__name__:
        says += "; the grader lets it open nothing but Python, PyTorch and its own folder"
    return f"your code raised {says}{where}"


def _is_forbidden(raised: Raised) -> bool:
    """Whether the program is none the worse but has PyTorch do the exercise."""
    return raised.type == ForbiddenOperator.__name__


def _can_be_simpler(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype is not torch.bool and not value.is_complex()


def _what(value: object) -> str:
    """What a check gave where something else is asked."""
    return in_words(value) if value is None or isinstance(value, (torch.Tensor, list, tuple)) else describe_type(value)
