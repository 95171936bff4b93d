"""What thread workers and widgets tell the screen that they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    import subprocess

    from tutor.app.follow import Snapshot
    from tutor.checking import Judged
    from tutor.course import Exercise
    from tutor.engine.client import CheckProgress
    from tutor.errors import TutorError
    from tutor.lab.classifier import Answer
    from tutor.lab.curve_view import CurveView
    from tutor.lab.runs import Run
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace


@dataclass
class WorkspaceMade(Message):
    """A workspace is there."""

    workspace: Workspace


@dataclass
class WentWrong(Message):
    """A thread worker could not do its work."""

    error: TutorError


@dataclass
class Practised(Message):
    """The answer to a variant is judged, or could not be."""

    ticket: int
    verdict: Verdict | None = None
    error: TutorError | None = None


@dataclass
class EngineFailed(Message):
    """The engine could not be started."""

    error: TutorError


@dataclass
class CheckMoved(Message):
    """One of the checks of the submission that is being judged has begun or ended."""

    ticket: int
    progress: CheckProgress


@dataclass
class CheckEnded(Message):
    """The verdict is there, or the reason why there is none."""

    ticket: int
    judged: Judged | None = None
    error: TutorError | None = None


class AnswerEdited(Message):
    """The learner typed something into the answer."""


@dataclass
class AnswerStands(Message):
    """The learner's file was saved here, or loaded because it was changed outside; its text is to be judged."""

    text: str


@dataclass
class CheckedAgain(Message):
    """What a learner has passed is judged once more, before it is trained with."""

    exercise: Exercise


@dataclass
class RunAttached(Message):
    """There is a training to follow; ``process`` is its process where this app has started it."""

    run: Run
    process: subprocess.Popen[bytes] | None = None


class NoRun(Message):
    """There is no training to follow yet."""


@dataclass
class RunLooked(Message):
    """How the training stands; a newer look takes the place of one that waits."""

    run: Run
    snapshot: Snapshot
    view: CurveView

    def can_replace(self, message: Message) -> bool:
        """Whether this message says all that the waiting one does."""
        return isinstance(message, RunLooked)


@dataclass
class Answered(Message):
    """The process that classifies digits has said something."""

    answer: Answer


class PictureTurned(Message):
    """Another picture is shown.

    Attributes:
        says: which one it is, of how many.
    """

    def __init__(self, says: str) -> None:
        super().__init__()
        self.says = says
