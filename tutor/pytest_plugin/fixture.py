"""What the fixture ``cnn_tutor`` gives to an ordinary test."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.errors import TutorError
from tutor.pytest_plugin.words import in_brief, in_full
from tutor.verdict import DEFAULT_SEED, Verdict
from tutor.workspace import read_submission

if TYPE_CHECKING:
    import os

    from tutor.pytest_plugin.judging import Judge
    from tutor.pytest_plugin.scope import Scope

NOBODY = "author"
"""Whose questions a compute exercise asks where nobody is named, as in ``cnn-tutor check --course``."""


@dataclass(frozen=True, repr=False)
class TestedVerdict(Verdict):
    """A verdict that ``assert verdict.passed`` shows in a line."""

    __test__ = False
    """pytest is not to take it for a class of tests, wherever it is imported."""

    def __repr__(self) -> str:
        says = f"{self.exercise}: {self.verdict}, {self.score:g} of {self.max_score:g} points"
        failed = next((check for check in self.checks if check.status not in ("pass", "skip")), None)
        if failed is not None or self.message:
            says = f"{says}; {in_brief(self, failed or self.checks[0], '')}"
        return f"<{says}>"


class CnnTutor:
    """Judges submissions in an ordinary test; nothing of theirs is imported.

    Args:
        scope: what is known of the run; None where pytest is called in no workspace and asked for no submissions.
        judge: has them judged; one for all tests of the session.
    """

    def __init__(self, scope: Scope | None, judge: Judge) -> None:
        self._scope = scope
        self._judge = judge

    def check(
        self, exercise: str, submission: str | os.PathLike[str], *, learner: str | None = None, seed: int = DEFAULT_SEED
    ) -> TestedVerdict:
        """The verdict on a submission.

        Args:
            exercise: a number or a slug.
            submission: a file, as a path; or a program, as a text of several lines.
            learner: whose questions a compute exercise asks; by default those of the workspace, where there is one.
            seed: draws the cases.

        Raises:
            pytest.fail.Exception: there is no such exercise, or the file cannot be read.
        """
        __tracebackhide__ = True
        verdict, _ = self._judged(exercise, submission, learner, seed)
        return TestedVerdict(**{field.name: getattr(verdict, field.name) for field in fields(verdict)})

    def assert_passes(
        self, exercise: str, submission: str | os.PathLike[str], *, learner: str | None = None, seed: int = DEFAULT_SEED
    ) -> None:
        """Fail, with the whole verdict in words, where a submission does not pass; arguments as for :meth:`check`."""
        __tracebackhide__ = True
        verdict, source = self._judged(exercise, submission, learner, seed)
        if not verdict.passed:
            pytest.fail(in_full(verdict, source), pytrace=False)

    def _judged(
        self, exercise: str, submission: str | os.PathLike[str], learner: str | None, seed: int
    ) -> tuple[Verdict, str]:
        __tracebackhide__ = True
        try:
            found = self._judge.course.find(str(exercise))
            source = _text_of(submission)
            own = self._scope.own[0] if self._scope is not None and self._scope.own else None
            if learner is None:
                given = self._scope.given_name if self._scope is not None else None
                learner = given or (own.learner if own is not None else NOBODY)
            return self._judge.verdict(found, source, learner=learner, seed=seed, workspace=own), source
        except TutorError as error:
            pytest.fail("\n".join(filter(None, (error.message, error.remedy))), pytrace=False)


def _text_of(submission: str | os.PathLike[str]) -> str:
    """A program as it is given, or a file's text; a single line that ends in ``.py`` is a path."""
    if isinstance(submission, str) and ("\n" in submission or not submission.endswith(".py")):
        return submission
    return read_submission(Path(submission))
