"""Judging an implement exercise: the submission and the reference on the same cases."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.checks.check import Observation, Trouble, raised_in_words
from tutor.checks.compare import Difference, difference, same_observation
from tutor.checks.diagnosis import diagnose
from tutor.checks.loading import load_checks
from tutor.engine.channel import LocalChannel, SubmissionDied, SubmissionRaised, SubmissionTimedOut
from tutor.engine.findings import Finding
from tutor.errors import GraderError
from tutor.verdict import Counterexample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.course import Answer, Exercise
    from tutor.engine.channel import Channel

CaseKey = tuple[str, int]
"""A check's id and the number of one of its cases."""

KEPT_EXERCISES = 8


class KnownPrograms:
    """What the author's programs give on the cases of one exercise and seed, each computed once.

    Args:
        exercise: whose checks, reference and wrong answers.
        seed: draws the cases.

    Raises:
        ManifestError: a file of the exercise is wrong.
    """

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self._exercise = exercise
        self._checks = {check.id: check for check in load_checks(exercise)}
        self._cases = {id: check.draw(seed) for id, check in self._checks.items()}  # noqa: A001
        self._channels: dict[Answer, LocalChannel | Trouble] = {}
        self._seen: dict[tuple[Answer, CaseKey], Observation] = {}

    def keys(self, check_id: str) -> list[CaseKey]:
        """The cases of a check, in growing size."""
        return [(check_id, number) for number in range(len(self._cases[check_id]))]

    def observe(self, key: CaseKey, program: Channel) -> Observation:
        """What a program gives on a case."""
        check_id, number = key
        return self._checks[check_id].observe(program, self._cases[check_id][number])

    def expected(self, key: CaseKey) -> Observation:
        """What the reference gives on a case.

        Raises:
            GraderError: the reference fails.
        """
        reference = self._exercise.reference_answer
        expected = self._seen_of(reference, key)
        if isinstance(expected.values, Trouble):
            raise GraderError(f"{reference.path}: the reference fails: {expected.values.says}")
        return expected

    def wrong(self, keys: Iterable[CaseKey]) -> dict[str, list[dict[CaseKey, Observation]]]:
        """What the wrong programs give on these cases, by misconception."""
        asked = list(keys)
        found: dict[str, list[dict[CaseKey, Observation]]] = {}
        for answer in self._exercise.wrong:
            found.setdefault(answer.misconception, []).append({key: self._seen_of(answer, key) for key in asked})
        return found

    def _seen_of(self, answer: Answer, key: CaseKey) -> Observation:
        if (answer, key) not in self._seen:
            if answer not in self._channels:
                self._channels[answer] = _load(answer)
            program = self._channels[answer]
            self._seen[answer, key] = (
                Observation(program) if isinstance(program, Trouble) else self.observe(key, program)
            )
        return self._seen[answer, key]


@lru_cache(maxsize=KEPT_EXERCISES)
def known_programs(exercise: Exercise, seed: int, fingerprint: str) -> KnownPrograms:  # noqa: ARG001 - in the key
    """The author's programs of an exercise, kept for as long as its files have this fingerprint."""
    return KnownPrograms(exercise, seed)


class ProgramJudge:
    """Judges one submission to an implement exercise, check by check.

    Args:
        exercise: what it is judged as.
        seed: draws the cases.

    Raises:
        ManifestError: a file of the exercise is wrong.
    """

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self._tolerance = exercise.manifest.tolerance
        self._known = known_programs(exercise, seed, exercise.fingerprint())
        self._got: dict[CaseKey, Observation] = {}
        self._has_failed = False

    def check(self, check_id: str, submission: Channel) -> Finding:
        """Run one check on every case; the first case that fails is the counterexample.

        Raises:
            SubmissionTimedOut, SubmissionDied: before any case had failed.
            GraderError: the reference fails.
        """
        failed: Finding | None = None
        for key in self._known.keys(check_id):
            # The reference first: whatever the submission does comes too late for it.
            expected = self._known.expected(key)
            try:
                self._got[key] = self._known.observe(key, submission)
            except (SubmissionTimedOut, SubmissionDied):
                if failed is None:
                    raise
                break
            # The rest of the cases are run for the diagnosis.
            failed = failed or self._finding(expected, self._got[key])
        self._has_failed = self._has_failed or failed is not None
        return failed or Finding("pass")

    def misconception(self) -> str | None:
        """The one misconception that explains what the checks saw, or None."""
        if not self._has_failed:
            return None
        expected = {key: self._known.expected(key) for key in self._got}
        return diagnose(self._got, expected, self._known.wrong(self._got), self._same)

    def _same(self, one: Observation, other: Observation) -> bool:
        return same_observation(one, other, self._tolerance)

    def _finding(self, expected: Observation, got: Observation) -> Finding | None:
        """What is wrong on a case, or None."""
        if isinstance(got.values, Trouble):
            return Finding("error" if got.values.raised else "fail", got.values.says)
        found = difference(expected, got, self._tolerance)
        return Finding("fail", found.says, _counterexample(found, got)) if found else None


def _load(answer: Answer) -> LocalChannel | Trouble:
    channel = LocalChannel()
    try:
        channel.request("load", source=answer.source, filename=answer.path.name)
    except SubmissionRaised as error:
        return Trouble(raised_in_words(error.raised), error.raised)
    return channel


def _counterexample(found: Difference, got: Observation) -> Counterexample:
    return Counterexample(
        python=got.transcript.text() if got.transcript else "",
        name=found.name,
        index=found.index,
        expected=found.expected,
        got=found.got,
        differing=found.differing,
        total=found.total,
    )
