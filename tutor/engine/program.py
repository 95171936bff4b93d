"""Judging an implement exercise: the submission and the reference on the same cases."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.checks.check import Observation, Trouble, raised_in_words
from tutor.checks.compare import Difference, difference, same_observation
from tutor.checks.diagnosis import diagnose
from tutor.checks.loading import load_checks
from tutor.checks.shrink import shrink
from tutor.engine.channel import LocalChannel, SubmissionDied, SubmissionRaised, SubmissionTimedOut
from tutor.engine.findings import Finding
from tutor.errors import GraderError
from tutor.verdict import Counterexample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.checks.cases import Case
    from tutor.checks.check import Check
    from tutor.course import Answer, Exercise
    from tutor.engine.channel import Channel
    from tutor.verdict import Window

CaseKey = tuple[str, int]
"""A check's id and the number of one of its cases."""

KEPT_EXERCISES = 8


class KnownPrograms:
    """What the author's programs give on the cases of one exercise and seed, each computed once.

    Args:
        exercise: whose checks, oracle and wrong answers.
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
        return self.check(key).observe(program, self.case(key))

    def check(self, key: CaseKey) -> Check:
        """The check that a case belongs to."""
        return self._checks[key[0]]

    def case(self, key: CaseKey) -> Case:
        """A case as it was drawn."""
        check_id, number = key
        return self._cases[check_id][number]

    def expected(self, key: CaseKey) -> Observation:
        """What the oracle gives on a case.

        Raises:
            GraderError: the oracle fails.
        """
        oracle = self._exercise.oracle_answer
        expected = self._seen_of(oracle, key)
        if isinstance(expected.values, Trouble):
            raise GraderError(f"{oracle.path}: what submissions are compared with fails: {expected.values.says}")
        return expected

    def expected_on(self, key: CaseKey, case: Case) -> Observation:
        """What the oracle gives on another case than the one that was drawn; it may be in trouble there."""
        oracle = self._channel(self._exercise.oracle_answer)
        if isinstance(oracle, Trouble):
            return Observation(oracle)
        expected = self.check(key).observe(oracle, case)
        oracle.forget_modules()
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
            program = self._channel(answer)
            # What is kept is the values: no transcript, which holds the case's tensors, and no modules.
            if isinstance(program, Trouble):
                self._seen[answer, key] = Observation(program)
            else:
                self._seen[answer, key] = Observation(self.observe(key, program).values)
                program.forget_modules()
        return self._seen[answer, key]

    def _channel(self, answer: Answer) -> LocalChannel | Trouble:
        if answer not in self._channels:
            self._channels[answer] = load_known(self._exercise, answer)
        return self._channels[answer]


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
        self._failed: dict[str, tuple[CaseKey, Finding]] = {}
        """The first case that failed, and how, by check."""

    def check(self, check_id: str, submission: Channel) -> Finding:
        """Run one check on every case; the first case that fails is the counterexample.

        Raises:
            SubmissionTimedOut, SubmissionDied: before any case had failed.
            GraderError: the oracle fails.
        """
        for key in self._known.keys(check_id):
            # The oracle first: whatever the submission does comes too late for it.
            expected = self._known.expected(key)
            try:
                self._got[key] = self._known.observe(key, submission)
            except (SubmissionTimedOut, SubmissionDied):
                if check_id not in self._failed:
                    raise
                break
            # The rest of the cases are run for the diagnosis.
            if check_id not in self._failed:
                found = self._finding(key, self._known.case(key), expected, self._got[key])
                if found is not None:
                    self._failed[check_id] = key, found
        return self._failed[check_id][1] if check_id in self._failed else Finding("pass")

    def simpler_finding(self, check_id: str, submission: Channel) -> Finding | None:
        """What is wrong on a case with simpler values than the one that failed, or None."""
        key, first = self._failed[check_id]
        simplest: Finding | None = None

        def still_fails(case: Case) -> bool:
            nonlocal simplest
            expected = self._known.expected_on(key, case)
            if isinstance(expected.values, Trouble):
                return False
            found = self._finding(key, case, expected, self._known.check(key).observe(submission, case))
            if found is None or not _same_fault(first, found):
                return False
            simplest = found
            return True

        if first.counterexample and first.counterexample.index:
            with suppress(SubmissionTimedOut, SubmissionDied):
                shrink(self._known.case(key), self._known.check(key).shrink, still_fails)
        return simplest

    def misconception(self) -> str | None:
        """The one misconception that explains what the checks saw, or None."""
        if not self._failed:
            return None
        expected = {key: self._known.expected(key) for key in self._got}
        return diagnose(self._got, expected, self._known.wrong(self._got), self._same)

    def _same(self, one: Observation, other: Observation) -> bool:
        return same_observation(one, other, self._tolerance)

    def _finding(self, key: CaseKey, case: Case, expected: Observation, got: Observation) -> Finding | None:
        """What is wrong on a case, or None."""
        if isinstance(got.values, Trouble):
            return Finding("error" if got.values.is_error else "fail", got.values.says)
        found = difference(expected, got, self._tolerance)
        if found is None:
            return None
        window_of = self._known.check(key).window
        window = window_of(case, found.index) if window_of and found.name == "output" and found.index else None
        return Finding("fail", found.says, _counterexample(found, got, window))


def _same_fault(one: Finding, other: Finding) -> bool:
    """Whether both are about single values of the same output; one about its shape, say, needs other numbers."""
    return (
        one.counterexample is not None
        and other.counterexample is not None
        and one.counterexample.name == other.counterexample.name
        and len(one.counterexample.index) == len(other.counterexample.index)
    )


def load_known(exercise: Exercise, answer: Answer) -> LocalChannel | Trouble:
    """Load one of the author's programs in this process; why it cannot be, where it raises."""
    channel = LocalChannel()
    forbidden = {} if answer.is_oracle else exercise.manifest.forbidden
    try:
        channel.request("load", source=answer.source, filename=answer.path.name, forbidden=forbidden)
    except SubmissionRaised as error:
        return Trouble(raised_in_words(error.raised), error.raised)
    return channel


def _counterexample(found: Difference, got: Observation, window: Window | None) -> Counterexample:
    return Counterexample(
        python=got.transcript.text() if got.transcript else "",
        name=found.name,
        index=found.index,
        expected=found.expected,
        got=found.got,
        differing=found.differing,
        total=found.total,
        window=window,
    )
