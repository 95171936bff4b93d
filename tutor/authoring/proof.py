"""What the proofs of both kinds of exercise have in common. Runs in the prover, which has torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tutor.authoring.outcomes import Broken, Noted, Step
from tutor.authoring.problems import from_message
from tutor.engine.channel import LocalChannel, Raised, SubmissionRaised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import Answer, Exercise
    from tutor.errors import TutorError


class Stop(Exception):
    """No more can be proved."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.says)
        self.broken = broken


class Proof(Protocol):
    """The proof of one exercise, seed by seed."""

    def basics(self) -> Iterator[Step]:
        """Look at the starter and the reference by themselves."""
        ...

    def on(self, number: int, *, whole: bool) -> Iterator[Step]:
        """Run every program on one seed, or for one learner.

        Args:
            number: the seed, or the learner's.
            whole: whether wrong answers go through every check.

        Raises:
            Stop: something is so wrong that no more can be proved.
        """
        ...


class Files:
    """How an exercise's files are named in what a proof says."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._root = exercise.folder.parent.parent
        folder = exercise.manifest.folder
        self.starter = f"exercises/{folder}/{exercise.filename}"
        self.manifest = f"exercises/{folder}/exercise.toml"
        self.checks = f"solutions/{folder}/checks.py"
        self.questions = f"solutions/{folder}/questions.py"

    def of(self, answer: Answer) -> str:
        """A known answer's file, as problems name it."""
        return f"solutions/{self._exercise.manifest.folder}/{self.program(answer)}"

    def program(self, answer: Answer) -> str:
        """A known answer's file, relative to the solution folder."""
        return self._exercise.name_of(answer)

    def broken(self, error: TutorError) -> Broken:
        """What an error of the course's own loading says."""
        problem = from_message(error.message, self._root)
        return Broken(problem.file, problem.says, error.remedy)


def load_starter(source: str, exercise: Exercise, files: Files) -> LocalChannel | Noted:
    """Load the starter; or what is wrong with it."""
    channel = LocalChannel()
    try:
        channel.request("load", source=source, filename=exercise.filename, forbidden={})
    except SubmissionRaised as error:
        do = "A starter can be run as it is; let its functions raise NotImplementedError."
        return Noted(files.starter, f"cannot even be loaded: {program_raised(error.raised)}", do)
    return channel


def program_raised(raised: Raised) -> str:
    """What a program raised, for its author: type, message and line."""
    where = "".join(f" (line {number})" for number, _ in raised.lines[-1:])
    return f"{raised.type}: {raised.message}{where}" if raised.message else f"{raised.type}{where}"


def missing_symbols(channel: LocalChannel, exercise: Exercise, file: str) -> Iterator[Noted]:
    """The names of the manifest's ``symbols`` that a program does not define."""
    for symbol in exercise.manifest.symbols:
        try:
            channel.request("get", name=symbol)
        except SubmissionRaised:
            do = "Define it there, or change `symbols` in exercise.toml."
            yield Noted(file, f"defines no `{symbol}`, which the manifest's `symbols` names", do)
