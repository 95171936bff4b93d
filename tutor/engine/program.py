"""Judging an implement exercise: the submission and the reference on the same cases."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.check import CheckFault, Observation, Trouble, raised_in_words
from tutor.checks.compare import Difference, difference, same_observation, side_by_side
from tutor.checks.diagnosis import diagnose
from tutor.checks.loading import load_checks
from tutor.checks.shrink import shrink
from tutor.checks.submission import in_words
from tutor.engine.channel import LocalChannel, SubmissionDied, SubmissionRaised, SubmissionTimedOut
from tutor.engine.findings import Finding
from tutor.engine.recorded import read_recording
from tutor.errors import GraderError, ManifestError, TutorError, exception_in_words
from tutor.verdict import Counterexample, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tutor.checks.cases import Case
    from tutor.checks.check import Check
    from tutor.course import Answer, Exercise
    from tutor.engine.channel import Channel
    from tutor.engine.recorded import CaseKey, Recording

KEPT_EXERCISES = 8

KEPT_BYTES = 1 << 20
KEPT_TIMES = 8
"""What is kept of a submission's values on a case: so much, or so many times what the right ones take up."""


class KnownPrograms:
    """What the author's programs give on the cases of one exercise and seed, each computed once.

    Args:
        exercise: whose checks, oracle and wrong answers.
        seed: draws the cases.
        checks: its checks, where they are loaded already.

    Raises:
        ManifestError: a file of the exercise is wrong.
    """

    def __init__(self, exercise: Exercise, seed: int, checks: Iterable[Check] | None = None) -> None:
        self._exercise = exercise
        self._file = exercise.checks_file
        self._checks = {check.id: check for check in (load_checks(exercise) if checks is None else checks)}
        self._cases = {id: self._drawn(check, seed) for id, check in self._checks.items()}  # noqa: A001
        self._recording = self._recorded(seed)
        self._channels: dict[Answer, LocalChannel | Trouble] = {}
        self._seen: dict[tuple[Answer, CaseKey], Observation] = {}

    def keys(self, check_id: str) -> list[CaseKey]:
        """The cases of a check, in growing size."""
        return [(check_id, number) for number in range(len(self._cases[check_id]))]

    def observe(self, key: CaseKey, program: Channel) -> Observation:
        """What a program gives on a case; see :meth:`observe_on`."""
        return self.observe_on(key, self.case(key), program)

    def observe_on(self, key: CaseKey, case: Case, program: Channel) -> Observation:
        """What a program gives on another case than the one that was drawn.

        Raises:
            SubmissionTimedOut, SubmissionDied: the program gives nothing any more.
            ManifestError: the check does what none may do.
            GraderError: the check itself raises.
        """
        try:
            return self.check(key).observe(program, case)
        except CheckFault as fault:
            raise ManifestError(f"{self._file}: {fault}") from None
        except (SubmissionTimedOut, SubmissionDied, TutorError):
            raise
        except Exception as error:
            says = f"{self._file}: check `{key[0]}` itself raises {exception_in_words(error, self._file)}"
            raise GraderError(says, "A check must put up with whatever a program gives.") from error

    def window(self, key: CaseKey, case: Case, index: tuple[int, ...]) -> Window | None:
        """What of the input an element of the output comes from, where the check can say.

        Raises:
            ManifestError: the check's window raises, or gives no window.
        """
        window_of = self.check(key).window
        if window_of is None:
            return None
        where = f"{self._file}: check `{key[0]}`: its window, for the output's element {list(index)},"
        try:
            window: object = window_of(case, index)
        except Exception as error:
            raise ManifestError(f"{where} raises {exception_in_words(error, self._file)}") from error
        if not isinstance(window, Window):
            raise ManifestError(f"{where} gives {in_words(window)}", "It must give a Window, as sliding_window does.")
        return window

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
            ManifestError: the check asks it for gradients of what it does not give.
        """
        if self._recording is not None:
            return self._recording.expected[key]
        oracle = self._exercise.oracle_answer
        expected = self.given(oracle, key)
        if isinstance(expected.values, Trouble):
            raise GraderError(f"{oracle.path}: what submissions are compared with fails: {expected.values.says}")
        self.refuse_misfit(key, expected)
        return expected

    def refuse_misfit(self, key: CaseKey, expected: Observation) -> None:
        """See that the oracle's output was gone back from, where a check asks for gradients.

        Raises:
            ManifestError: ``grad_output`` does not fit it, so that no gradient would be compared, whoever gives it.
        """
        if expected.misfit:
            raise ManifestError(
                f"{self._file}: check `{key[0]}` compares no gradient: {expected.misfit}",
                f"Draw a grad_output of the shape that {self._exercise.oracle_answer.path.name} gives.",
            )

    def expected_on(self, key: CaseKey, case: Case) -> Observation:
        """What the oracle gives on another case than the one that was drawn; it may be in trouble there.

        So it is where all that is known of it was recorded.
        """
        if self._recording is not None:
            return Observation(Trouble("it was not recorded"))
        oracle = self._channel(self._exercise.oracle_answer)
        if isinstance(oracle, Trouble):
            return Observation(oracle)
        expected = self.observe_on(key, case, oracle)
        oracle.forget_modules()
        return expected

    def wrong(self) -> dict[str, list[Callable[[CaseKey], Observation]]]:
        """What the wrong programs give on a case, by misconception."""
        if self._recording is not None:
            return self._recording.programs()
        found: dict[str, list[Callable[[CaseKey], Observation]]] = {}
        for answer in self._exercise.wrong:
            found.setdefault(answer.misconception, []).append(partial(self.given, answer))
        return found

    def given(self, answer: Answer, key: CaseKey) -> Observation:
        """What one of the author's programs gives on a case as it was drawn."""
        if (answer, key) not in self._seen:
            program = self._channel(answer)
            # What is kept is the values: no transcript, which holds the case's tensors, and no modules.
            if isinstance(program, Trouble):
                self._seen[answer, key] = Observation(program)
            else:
                seen = self.observe(key, program)
                self._seen[answer, key] = Observation(seen.values, misfit=seen.misfit)
                program.forget_modules()
        return self._seen[answer, key]

    def _channel(self, answer: Answer) -> LocalChannel | Trouble:
        if answer not in self._channels:
            self._channels[answer] = load_known(self._exercise, answer)
        return self._channels[answer]

    def _recorded(self, seed: int) -> Recording | None:
        """What stands for the author's programs, in a released course."""
        file = self._exercise.recorded_file
        if not file.is_file():
            return None
        recording = read_recording(file)
        recording.refuse_other_cases(self._cases, seed, self._file)
        return recording

    def _drawn(self, check: Check, seed: int) -> list[Case]:
        try:
            return check.draw(seed)
        except CheckFault as fault:
            raise ManifestError(f"{self._file}: {fault}") from None
        except Exception as error:
            says = f"{self._file}: check `{check.id}`: the cases of seed {seed} cannot be drawn"
            raise ManifestError(f"{says}: {exception_in_words(error, self._file)}") from error


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
                seen = self._known.observe(key, submission)
            except (SubmissionTimedOut, SubmissionDied):
                if check_id not in self._failed:
                    raise
                break
            # The rest of the cases are run for the diagnosis.
            if check_id not in self._failed:
                found = self._finding(key, self._known.case(key), expected, seen)
                if found is not None:
                    self._failed[check_id] = key, found
            self._got[key] = _worth_keeping(seen, expected)
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
            found = self._finding(key, case, expected, self._known.observe_on(key, case, submission))
            if found is None or not _same_fault(first, found):
                return False
            simplest = found
            return True

        if first.counterexample and first.counterexample.index:
            with suppress(SubmissionTimedOut, SubmissionDied):
                shrink(self._known.case(key), self._known.check(key).shrink, still_fails)
        return simplest

    def misconceptions(self) -> dict[str, str]:
        """For each check that failed the one misconception that explains it, where there is one.

        One that explains all that the checks saw comes first. Else a submission may have made one mistake here and
        another there: then each failed check is explained by itself, beside those that passed.
        """
        if not self._failed:
            return {}
        if explains := self._explained(self._got):
            return dict.fromkeys(self._failed, explains)
        found = {
            check_id: self._explained({key for key in self._got if key[0] == check_id or key[0] not in self._failed})
            for check_id in self._failed
        }
        return {check_id: misconception for check_id, misconception in found.items() if misconception}

    def _explained(self, keys: Collection[CaseKey]) -> str | None:
        """The one misconception that explains what was seen on these cases, or None."""
        got = {key: seen for key, seen in self._got.items() if key in keys}
        expected = {key: self._known.expected(key) for key in got}
        return diagnose(got, expected, self._known.wrong(), self._same)

    def _same(self, one: Observation, other: Observation) -> bool:
        return same_observation(one, other, self._tolerance)

    def _finding(self, key: CaseKey, case: Case, expected: Observation, got: Observation) -> Finding | None:
        """What is wrong on a case, or None."""
        if isinstance(got.values, Trouble):
            return Finding("error" if got.values.is_error else "fail", got.values.says)
        found = difference(expected, got, self._tolerance)
        if found is None:
            return None
        has_window = found.name == "output" and found.index
        window = self._known.window(key, case, found.index) if has_window else None
        return Finding("fail", found.says, self._counterexample(found, got, window))

    def _counterexample(self, found: Difference, got: Observation, window: Window | None) -> Counterexample:
        return Counterexample(
            python=got.transcript.text() if got.transcript else "",
            name=found.name,
            index=found.index,
            expected=found.expected,
            got=found.got,
            differing=found.differing,
            total=found.total,
            window=window,
            around=side_by_side(found, self._tolerance),
        )


def _same_fault(one: Finding, other: Finding) -> bool:
    """Whether both are about single values of the same output; one about its shape, say, needs other numbers."""
    return (
        one.counterexample is not None
        and other.counterexample is not None
        and one.counterexample.name == other.counterexample.name
        and len(one.counterexample.index) == len(other.counterexample.index)
    )


def _worth_keeping(seen: Observation, expected: Observation) -> Observation:
    """What the diagnosis is to go by, without the transcript; values that no mistake of ours is as large as are let go.

    Kept for every case, they would fill the engine's memory.
    """
    held = seen.values.evidence if isinstance(seen.values, Trouble) else seen.values
    if _size(held) > max(KEPT_BYTES, KEPT_TIMES * _size(expected.values)):
        return Observation(Trouble("it gives far more than is asked"))
    return Observation(seen.values)


def _size(value: Any) -> int:
    """About how many bytes a value takes up."""
    match value:
        case torch.Tensor():
            return value.numel() * value.element_size()
        case str():
            return len(value)
        case list() | tuple():
            return sum(map(_size, value))
        case Mapping():
            return sum(map(_size, value.values()))
    return 1


def load_known(exercise: Exercise, answer: Answer, *, watch: bool = True) -> LocalChannel | Trouble:
    """Load one of the author's programs in this process; why it cannot be, where it raises.

    Args:
        watch: whether to watch for what the exercise forbids, which costs a fifth of the time.
    """
    channel = LocalChannel()
    forbidden = exercise.manifest.forbidden if watch and not answer.is_oracle else {}
    try:
        channel.request("load", source=answer.source, filename=answer.path.name, forbidden=forbidden)
    except SubmissionRaised as error:
        return Trouble(raised_in_words(error.raised), error.raised, has_loaded=False)
    return channel
