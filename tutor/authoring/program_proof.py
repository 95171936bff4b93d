"""Proving an exercise that is a program: every known one on the cases of a seed. Runs in the prover: it has torch."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from tutor.authoring.bounds import WRONG_ABOVE, WRONG_EVERY
from tutor.authoring.margins import largest_error
from tutor.authoring.outcomes import Broken, Doing, Noted, Outcome, Step
from tutor.authoring.proof import Files, Stop, load_starter, missing_symbols, program_raised
from tutor.checks import Observation, Trouble
from tutor.checks.compare import difference, same_observation
from tutor.checks.diagnosis import diagnose
from tutor.checks.loading import load_checks
from tutor.engine.program import KnownPrograms, load_known
from tutor.errors import ManifestError, TutorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tutor.checks.check import Check
    from tutor.course import Answer, Exercise
    from tutor.engine.channel import LocalChannel
    from tutor.engine.recorded import CaseKey

Observations = dict["CaseKey", Observation]

HALFWAY = 0.5
"""An error of less than this, over the tolerance, is none that would have to be looked at more closely."""


class ProgramProof:
    """The proof of one exercise that is a program, seed by seed; what it trains is :mod:`.training_proof`'s."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._files = Files(exercise)
        self._faults: dict[Answer, list[Noted]] = {}

    @cached_property
    def _checks(self) -> Sequence[Check]:
        return load_checks(self._exercise)

    def basics(self) -> Iterator[Step]:
        """Whether the starter and every known answer can be loaded and define what is asked."""
        exercise = self._exercise
        yield Doing(self._files.starter, "by itself")
        starter = load_starter(exercise.starter(""), exercise, self._files)
        if isinstance(starter, Noted):
            yield starter
        else:
            yield from missing_symbols(starter, exercise, self._files.starter)
        reference = exercise.reference_answer
        yield Doing(self._files.of(reference), "by itself")
        channel = load_known(exercise, reference)
        if isinstance(channel, Trouble):
            raise Stop(Broken(self._files.of(reference), channel.says.replace("your code", "the reference")))
        yield from missing_symbols(channel, exercise, self._files.of(reference))
        for answer in (*exercise.accepted, *exercise.wrong):
            yield Doing(self._files.of(answer), "by itself")
            yield from self._faults_of(answer)

    def on(self, number: int, *, whole: bool) -> Iterator[Step]:
        """Run every program on the cases of one seed."""
        yield Doing(self._files.checks, f"seed {number}")
        on_seed = _OnSeed(self._exercise, self._files, number, self._checks)
        tries_wrong = whole or number % WRONG_EVERY == 1
        yield Doing(self._files.of(self._exercise.oracle_answer), f"seed {number}")
        on_seed.expect(every_case=tries_wrong)
        if whole:
            on_seed.refuse_chance()
        for answer in (*self._exercise.accepted, *self._exercise.wrong_untrained):
            yield Doing(self._files.of(answer), "by itself")
            self._faults_of(answer)
        accepted = [answer for answer in self._exercise.accepted if not self._faults_of(answer)]
        wrong = [answer for answer in self._exercise.wrong_untrained if not self._faults_of(answer)]
        for answer in (self._exercise.reference_answer, *accepted):
            yield Doing(self._files.of(answer), f"seed {number}")
            yield on_seed.right(answer, whole=whole)
        if not whole:
            for answer in wrong if tries_wrong else ():
                yield Doing(self._files.of(answer), f"seed {number}")
                yield on_seed.clearly_wrong(answer)
            return
        for answer in wrong:
            yield Doing(self._files.of(answer), f"seed {number}")
            on_seed.observe_all(answer)
        for answer in wrong:
            yield Doing(self._files.of(answer), f"seed {number}")
            yield on_seed.wrong(answer)

    def _faults_of(self, answer: Answer) -> list[Noted]:
        """What keeps an accepted or wrong answer from being tried at all."""
        if answer not in self._faults:
            file = self._files.of(answer)
            program = load_known(self._exercise, answer)
            if isinstance(program, Trouble):
                assert program.raised is not None  # or it would have been loaded
                do = "Mend it: every known answer is a program that runs."
                self._faults[answer] = [Noted(file, f"cannot be loaded: {program_raised(program.raised)}", do)]
            else:
                self._faults[answer] = [*missing_symbols(program, self._exercise, file)]
        return self._faults[answer]


class _OnSeed:
    """All programs on the cases of one seed.

    Raises:
        Stop: the cases cannot be drawn.
    """

    def __init__(self, exercise: Exercise, files: Files, seed: int, checks: Sequence[Check]) -> None:
        self._exercise = exercise
        self._files = files
        self._seed = seed
        self._tolerance = exercise.manifest.tolerance
        self._known = self._draw(checks)
        self._keys = {entry.id: self._known.keys(entry.id) for entry in exercise.manifest.quick_checks}
        for check_id, keys in self._keys.items():
            if not keys:
                says = f"check `{check_id}` draws no cases (seed {seed}), so that everything passes it"
                raise Stop(Broken(files.checks, says))
        self._expected: Observations = {}
        self._wrong: dict[Answer, Observations] = {}

    def expect(self, *, every_case: bool) -> None:
        """Run the oracle.

        Args:
            every_case: whether on every case, or on those on which right answers are run where not all is.
        """
        oracle = self._exercise.oracle_answer
        program = load_known(self._exercise, oracle)
        for key in (key for keys in self._keys.values() for key in (keys if every_case else self._half(keys))):
            self._expected[key] = expected = self._observe(key, program, oracle)
            if isinstance(expected.values, Trouble):
                says = f"what submissions are compared with fails: {expected.values.says}"
                raise Stop(Broken(self._files.of(oracle), f"{says} (check `{key[0]}`, seed {self._seed})"))
            try:
                self._known.refuse_misfit(key, expected)
                self._try_window(key, expected.values.get("output"))
            except ManifestError as error:
                raise Stop(self._files.broken(error)) from error

    def _try_window(self, key: CaseKey, output: object) -> None:
        """Ask for the window of an element of the output, as is done where a submission's is wrong."""
        if isinstance(output, torch.Tensor) and output.ndim and output.numel():
            self._known.window(key, self._known.case(key), tuple(size - 1 for size in output.shape))

    def refuse_chance(self) -> None:
        """See that the same seed gives the same cases and the same values.

        Raises:
            Stop: it does not.
        """
        # The checks loaded anew, as they are for a learner: what happens as they are loaded counts too.
        again = self._draw(None)
        oracle = self._exercise.oracle_answer
        one, other = load_known(self._exercise, oracle), load_known(self._exercise, oracle)
        assert not isinstance(one, Trouble)  # it has given all that is expected
        assert not isinstance(other, Trouble)
        for check_id, keys in self._keys.items():
            if again.keys(check_id) != keys:
                raise Stop(self._by_chance(check_id))
            for key in keys:
                if not _identical(self._known.observe(key, one), again.observe(key, other)):
                    raise Stop(self._by_chance(check_id))
                one.forget_modules()
                other.forget_modules()

    def right(self, answer: Answer, *, whole: bool) -> Outcome:
        """What becomes of the reference or an accepted answer.

        Args:
            whole: whether it is run on every case, and watched for what is forbidden; else on every other case.
        """
        if answer == self._exercise.oracle_answer and not whole:
            return self._outcome(answer, {}, off=0.0)  # it is what the others are compared with
        program = load_known(self._exercise, answer, watch=whole)
        failed: dict[str, str] = {}
        worst = 0.0
        for check_id, keys in self._keys.items():
            for key in keys if whole else self._half(keys):
                got = self._observe(key, program, answer)
                off = largest_error(self._expected[key], got, self._tolerance)
                worst = max(worst, off)
                if off >= HALFWAY and (says := self._fault(key, got)) is not None:
                    failed.setdefault(check_id, says)
        return self._outcome(answer, failed, off=worst)

    def clearly_wrong(self, answer: Answer) -> Outcome:
        """Run a wrong answer through the check that it names until it has clearly failed."""
        program = load_known(self._exercise, answer)
        failed: dict[str, str] = {}
        worst = 0.0
        slip = ""
        for key in self._keys[answer.check]:
            got = self._observe(key, program, answer)
            slip = slip or _slip(got)
            worst = max(worst, largest_error(self._expected[key], got, self._tolerance))
            if (says := self._fault(key, got)) is not None:
                failed.setdefault(answer.check, says)
            if failed and worst > WRONG_ABOVE:
                break
        return self._outcome(answer, failed, off=worst, whole=False, slip=slip)

    def observe_all(self, answer: Answer) -> None:
        """Run a wrong answer on every case of every check."""
        program = load_known(self._exercise, answer)
        self._wrong[answer] = {key: self._observe(key, program, answer) for key in self._expected}

    def wrong(self, answer: Answer) -> Outcome:
        """What becomes of a wrong answer, once all of them have run on every case."""
        failed: dict[str, str] = {}
        skipped: list[str] = []
        got: Observations = {}
        for entry in self._exercise.manifest.quick_checks:
            if any(before in failed or before in skipped for before in entry.after):
                skipped.append(entry.id)
                continue
            for key in self._keys[entry.id]:
                got[key] = self._wrong[answer][key]
                if (says := self._fault(key, got[key])) is not None:
                    failed.setdefault(entry.id, says)
        by_misconception: dict[str, list[Callable[[CaseKey], Observation]]] = {}
        for other in self._wrong:
            by_misconception.setdefault(other.misconception, []).append(self._wrong[other].__getitem__)
        expected = {key: self._expected[key] for key in got}
        misconception = diagnose(got, expected, by_misconception, self._same) if failed else None
        worst = max(
            (largest_error(self._expected[key], self._wrong[answer][key], self._tolerance)
             for key in self._keys[answer.check]),
            default=0.0,
        )  # fmt: skip
        alike = self._alike(answer, got) if misconception is None else ""
        slip = next(filter(None, map(_slip, got.values())), "")
        return self._outcome(
            answer, failed, off=worst, skipped=skipped, misconception=misconception, alike=alike, slip=slip
        )

    def _half(self, keys: list[CaseKey]) -> list[CaseKey]:
        """Every other case, on the next seed the others: right answers are run on very many."""
        return keys[self._seed % 2 :: 2] or keys

    def _draw(self, checks: Sequence[Check] | None) -> KnownPrograms:
        try:
            return KnownPrograms(self._exercise, self._seed, checks)
        except ManifestError as error:
            raise Stop(self._files.broken(error)) from error

    def _observe(self, key: CaseKey, program: LocalChannel | Trouble, answer: Answer) -> Observation:
        if isinstance(program, Trouble):
            return Observation(program)
        try:
            seen = self._known.observe(key, program)
        except TutorError as error:
            broken = self._files.broken(error)
            where = f"on {self._files.program(answer)}, seed {self._seed}"
            raise Stop(Broken(broken.file, f"{broken.says}, {where}", broken.do)) from error
        finally:
            program.forget_modules()
        # Without its transcript, which holds the case's tensors.
        return Observation(seen.values, misfit=seen.misfit)

    def _by_chance(self, check_id: str) -> Broken:
        return Broken(
            self._files.checks,
            f"check `{check_id}` is not the same twice on seed {self._seed}: other cases, or other values",
            "Draw everything from the generator that the cases are given, and nothing from torch's own or Python's.",
        )

    def _fault(self, key: CaseKey, got: Observation) -> str | None:
        """What is wrong on a case, or None."""
        if isinstance(got.values, Trouble):
            return got.values.says
        found = difference(self._expected[key], got, self._tolerance)
        return found.says if found else None

    def _same(self, one: Observation, other: Observation) -> bool:
        return same_observation(one, other, self._tolerance)

    def _alike(self, answer: Answer, got: Observations) -> str:
        """Another wrong answer, of another misconception, that does the same on all these cases; or none."""
        for other in self._wrong:
            if other.misconception != answer.misconception and all(
                self._same(self._wrong[other][key], seen) for key, seen in got.items()
            ):
                return self._files.program(other)
        return ""

    def _outcome(
        self,
        answer: Answer,
        failed: dict[str, str],
        *,
        off: float,
        skipped: Sequence[str] = (),
        whole: bool = True,
        misconception: str | None = None,
        alike: str = "",
        slip: str = "",
    ) -> Outcome:
        return Outcome(
            program=self._files.program(answer),
            draw=f"seed {self._seed}",
            failed=failed,
            skipped=tuple(skipped),
            whole=whole,
            misconception=misconception,
            alike=alike,
            off=off if math.isfinite(off) else None,
            slip=slip,
        )


def _slip(seen: Observation) -> str:
    """What a program raised because something is mistyped or missing in it; empty where nothing is."""
    trouble = seen.values
    if not isinstance(trouble, Trouble) or not trouble.is_slip or trouble.raised is None:
        return ""
    return program_raised(trouble.raised)


def _identical(one: Observation, other: Observation) -> bool:
    """Whether two runs were the same to the last bit: the inputs, as the transcript has them, and the values."""
    if isinstance(one.values, Trouble) or isinstance(other.values, Trouble):
        return False
    if one.transcript is not None and other.transcript is not None and one.transcript.text() != other.transcript.text():
        return False
    return one.values.keys() == other.values.keys() and all(
        _same_value(value, other.values[name]) for name, value in one.values.items()
    )


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and bool(one.equal(other))
    return type(one) is type(other) and bool(one == other)
