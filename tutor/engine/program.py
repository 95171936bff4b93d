"""Judging an implement exercise: the submission and the reference on the same cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.checks.check import Check, Observation, Trouble, raised_in_words
from tutor.checks.compare import Difference, difference, same_observation
from tutor.checks.diagnosis import diagnose
from tutor.checks.loading import load_checks
from tutor.engine.channel import LocalChannel, SubmissionDied, SubmissionRaised, SubmissionTimedOut
from tutor.engine.findings import Finding
from tutor.errors import GraderError
from tutor.verdict import Counterexample

if TYPE_CHECKING:
    from tutor.checks.cases import Case
    from tutor.course import Answer, Exercise
    from tutor.engine.channel import Channel

CaseKey = tuple[str, int]
"""A check's id and the number of one of its cases."""


class ProgramJudge:
    """Judges one submission to an implement exercise, check by check.

    Args:
        exercise: what it is judged as.
        seed: draws the cases.

    Raises:
        ManifestError: a file of the exercise is wrong.
    """

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self._exercise = exercise
        self._tolerance = exercise.manifest.tolerance
        self._checks = {check.id: check for check in load_checks(exercise)}
        self._cases = {id: check.draw(seed) for id, check in self._checks.items()}  # noqa: A001
        self._reference = _load(exercise.reference_answer)
        self._expected: dict[CaseKey, Observation] = {}
        self._got: dict[CaseKey, Observation] = {}

    def check(self, check_id: str, submission: Channel) -> Finding:
        """Run one check on every case; the first case that fails is the counterexample.

        Raises:
            SubmissionTimedOut, SubmissionDied: before any case had failed.
            GraderError: the reference fails.
        """
        check, failed = self._checks[check_id], None
        for number, case in enumerate(self._cases[check_id]):
            key = (check_id, number)
            self._expected[key] = self._observe_reference(check, case)
            try:
                self._got[key] = check.observe(submission, case)
            except (SubmissionTimedOut, SubmissionDied):
                if failed is None:
                    raise
                return failed
            # The rest of the cases are run for the diagnosis.
            failed = failed or self._finding(key)
        return failed or Finding("pass")

    def misconception(self) -> str | None:
        """The one misconception that explains what the checks saw, or None."""
        if all(self._finding(key) is None for key in self._got):
            return None
        wrong: dict[str, list[dict[CaseKey, Observation]]] = {}
        for answer in self._exercise.wrong:
            wrong.setdefault(answer.misconception, []).append(self._observe_all(answer))
        return diagnose(
            self._got, self._expected, wrong, lambda one, other: same_observation(one, other, self._tolerance)
        )

    def _observe_reference(self, check: Check, case: Case) -> Observation:
        expected = check.observe(self._reference, case)
        if isinstance(expected.values, Trouble):
            raise GraderError(f"{self._exercise.reference_answer.path}: the reference fails: {expected.values.says}")
        return expected

    def _observe_all(self, answer: Answer) -> dict[CaseKey, Observation]:
        """What an author's program gives on all that the submission was asked."""
        try:
            program = _load(answer)
        except SubmissionRaised as error:
            trouble = Observation(Trouble(raised_in_words(error.raised), error.raised), "")
            return dict.fromkeys(self._got, trouble)
        return {key: self._checks[key[0]].observe(program, self._cases[key[0]][key[1]]) for key in self._got}

    def _finding(self, key: CaseKey) -> Finding | None:
        """What is wrong on a case, or None."""
        got = self._got[key]
        if isinstance(got.values, Trouble):
            return Finding("error" if got.values.raised else "fail", got.values.says)
        found = difference(self._expected[key], got, self._tolerance)
        return Finding("fail", found.says, _counterexample(found, got)) if found else None


def _load(answer: Answer) -> LocalChannel:
    channel = LocalChannel()
    channel.request("load", source=answer.source, filename=answer.path.name)
    return channel


def _counterexample(found: Difference, got: Observation) -> Counterexample:
    return Counterexample(
        python=got.python,
        name=found.name,
        index=found.index,
        expected=found.expected,
        got=found.got,
        differing=found.differing,
        total=found.total,
    )
