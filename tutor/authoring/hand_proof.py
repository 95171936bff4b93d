"""Proving a compute exercise: every known answer for one learner after the other. Runs in the prover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.authoring.bounds import WRONG_EVERY
from tutor.authoring.margins import largest_error_of_entries
from tutor.authoring.outcomes import Broken, Doing, Drawn, Noted, Outcome, Step
from tutor.authoring.pack import WIDTH
from tutor.authoring.proof import Files, Stop, load_starter, missing_symbols, program_raised
from tutor.course.questions import PRACTISED, filled_in
from tutor.engine.by_hand import HandJudge, KnownAnswers, NotFilledIn
from tutor.engine.channel import LocalChannel, SubmissionRaised
from tutor.errors import ManifestError, exception_in_words
from tutor.files import text_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tutor.course import Answer, Exercise, Question


PRACTICE_EVERY = 4
"""For one learner of so many there is a question to practise on too: it is drawn by the same function."""


class HandProof:
    """The proof of one compute exercise, learner by learner."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._files = Files(exercise)
        self._starter = (exercise.folder / exercise.filename).read_text(encoding="utf-8")

    def basics(self) -> Iterator[Step]:
        """Whether the starter leaves every blank open."""
        exercise = self._exercise
        yield Doing(self._files.questions, "learner-0")
        questions = self._questions("learner-0", twice=True)
        source = self._starter_for(questions)
        yield Doing(self._files.starter, "by itself")
        starter = load_starter(source, exercise, self._files)
        if isinstance(starter, Noted):
            yield starter
            return
        yield from missing_symbols(starter, exercise, self._files.starter)
        yield from self._filled_blanks(starter, questions)

    def on(self, number: int, *, whole: bool) -> Iterator[Step]:
        """Every known answer to the questions of one learner, and to one question to practise on."""
        learner, practice = f"learner-{number}", f"practice {number}"
        yield Doing(self._files.questions, learner)
        questions = self._questions(learner, twice=whole)
        yield Drawn(learner, text_hash(repr([question.given for question in questions])))
        yield from self._too_wide(questions)
        yield Doing(self._files.checks, learner)
        known = self._known(questions, learner, whole=whole)
        wrong = self._exercise.wrong if whole or number % WRONG_EVERY == 1 else ()
        answers = (self._exercise.reference_answer, *self._exercise.accepted, *wrong)
        yield from self._load_all(answers, known, learner)
        for answer in answers:
            yield Doing(self._files.of(answer), learner)
            yield self._outcome(answer, known, learner, whole=whole)
        if number % PRACTICE_EVERY != 1:
            return
        yield Doing(self._files.questions, practice)
        practised = self._practice(number, twice=whole)
        yield Doing(self._files.checks, practice)
        known = self._known(practised, practice, whole=whole)
        answers = (self._exercise.reference_answer, *self._exercise.accepted, *self._exercise.wrong)
        yield from self._load_all(answers, known, practice)
        for answer in answers:
            yield Doing(self._files.of(answer), practice)
            yield self._practised(answer, known, practice)

    def _load_all(self, answers: Sequence[Answer], known: KnownAnswers, draw: str) -> Iterator[Step]:
        """Load every answer before the first is judged: to name its mistake, all the others are asked, too.

        Raises:
            Stop: one cannot be loaded.
        """
        for answer in answers:
            yield Doing(self._files.of(answer), draw)
            self._load(answer, known, draw)

    def _questions(self, learner: str, *, twice: bool) -> tuple[Question, ...]:
        """Draw a learner's questions.

        Raises:
            Stop: they cannot be drawn, or are not those of the manifest.
        """
        questions = self._drawn(self._exercise.questions, learner, learner, twice=twice)
        manifest = self._exercise.manifest
        names, ids = [question.name for question in questions], [entry.id for entry in manifest.check]
        if names != ids:
            says = f"its checks are {', '.join(ids)}; the questions are {', '.join(names)}"
            raise Stop(Broken(self._files.manifest, says, "There is one check for each question, in this order."))
        blanks = [blank.name for question in questions for blank in question.blanks]
        if blanks != list(manifest.symbols):
            says = f"field `symbols`: the blanks are {', '.join(blanks)}"
            raise Stop(Broken(self._files.manifest, says, "Give these as `symbols`, or change blanks()."))
        self._refuse_silence(questions, learner)
        return questions

    def _practice(self, seed: int, *, twice: bool) -> tuple[Question, ...]:
        questions = self._drawn(self._exercise.practice, seed, f"practice {seed}", twice=twice)
        self._refuse_silence(questions, f"practice {seed}")
        return questions

    def _drawn(
        self, draw_for: Callable[..., tuple[Question, ...]], whom: object, draw: str, *, twice: bool
    ) -> tuple[Question, ...]:
        """Draw questions; if asked, a second time.

        Raises:
            Stop: they cannot be drawn, or are others the second time.
        """
        try:
            questions = draw_for(whom)
            again = draw_for(whom, anew=True) if twice else questions
        except ManifestError as error:
            broken = self._files.broken(error)
            raise Stop(Broken(broken.file, f"{broken.says} ({draw})", broken.do)) from error
        if questions != again:
            says = f"the questions are not the same twice ({draw})"
            do = "Draw everything from the rng that variant(rng) is given, and nothing from Python's own random."
            raise Stop(Broken(self._files.questions, says, do))
        return questions

    def _refuse_silence(self, questions: Sequence[Question], draw: str) -> None:
        for question in questions:
            for function, text in (("prompt", question.prompt), ("worked", question.worked)):
                if not text:
                    raise Stop(Broken(self._files.questions, f"{function}(given) says nothing ({draw})"))

    def _known(self, questions: Sequence[Question], draw: str, *, whole: bool) -> KnownAnswers:
        """What PyTorch answers.

        Raises:
            Stop: it cannot be asked, or answers with something else than numbers.
        """
        file = self._exercise.checks_file
        try:
            known = KnownAnswers(self._exercise, questions)
            again = KnownAnswers(self._exercise, questions) if whole else known
        except ManifestError as error:
            raise Stop(self._files.broken(error)) from error
        except NotFilledIn as error:
            raise Stop(Broken(self._files.checks, f"answer(given): {error} ({draw})")) from error
        except Exception as error:
            says = f"answer(given) raises {exception_in_words(error, file)} ({draw})"
            raise Stop(Broken(self._files.checks, says)) from error
        if known.expected != again.expected:
            says = f"answer(given) is not the same twice, or no number ({draw})"
            raise Stop(Broken(self._files.checks, says, "It may depend on `given` alone."))
        if not all(map(math.isfinite, known.expected.values())):
            raise Stop(Broken(self._files.checks, f"answer(given) is not finite ({draw})"))
        return known

    def _outcome(self, answer: Answer, known: KnownAnswers, draw: str, *, whole: bool) -> Outcome:
        """What becomes of a right or a wrong answer; a wrong one's misconception is asked for where that is whole."""
        judge = HandJudge(self._exercise, known)
        channel = self._load(answer, known, draw)
        if isinstance(channel, str):
            failed = {entry.id: channel for entry in self._exercise.manifest.check}
            return Outcome(self._files.program(answer), draw, failed, off=None)
        failed = {}
        skipped: list[str] = []
        for entry in self._exercise.manifest.check:
            if any(before in failed or before in skipped for before in entry.after):
                skipped.append(entry.id)
                continue
            finding = judge.check(entry.id, channel)
            if finding.status != "pass":
                failed[entry.id] = finding.message
        entries = known.entries(answer)
        asked = {blank.name for blank in known.questions[answer.check].blanks} if answer.check else None
        expected = {key: number for key, number in known.expected.items() if asked is None or key[0] in asked}
        off = largest_error_of_entries(expected, entries, self._exercise.manifest.tolerance.atol)
        is_named = whole and bool(answer.check)
        misconception = next(iter(judge.misconceptions().values()), None) if is_named else None
        return Outcome(
            program=self._files.program(answer),
            draw=draw,
            failed=failed,
            skipped=tuple(skipped),
            whole=whole or not answer.check,
            misconception=misconception,
            alike=self._alike(answer, known, failed) if is_named and misconception is None else "",
            off=off if math.isfinite(off) else None,
        )

    def _practised(self, answer: Answer, known: KnownAnswers, draw: str) -> Outcome:
        """What becomes of an answer to the one question that is asked in practice."""
        channel = self._load(answer, known, draw)
        if isinstance(channel, str):
            return Outcome(self._files.program(answer), draw, {PRACTISED: channel}, whole=False)
        finding = HandJudge(self._exercise, known).check(PRACTISED, channel)
        failed = {} if finding.status == "pass" else {PRACTISED: finding.message}
        return Outcome(self._files.program(answer), draw, failed, whole=False)

    def _load(self, answer: Answer, known: KnownAnswers, draw: str) -> LocalChannel | str:
        """A right or wrong answer, filled in and run; or what a right one raised.

        Raises:
            Stop: it cannot be filled in; or a wrong answer raises or leaves a blank out, so that it has no numbers that
                could be compared with a learner's.
        """
        file = self._files.of(answer)
        try:
            program = known.program(answer)
        except ManifestError as error:
            raise Stop(self._files.broken(error)) from error
        except SubmissionRaised as error:
            says = f"raises {program_raised(error.raised)}"
            if answer.check:
                do = "A wrong answer to a compute exercise gives wrong numbers."
                raise Stop(Broken(file, f"{says} ({draw})", do)) from error
            return says
        missing = missing_symbols(program, self._exercise, file) if answer.check else iter(())
        for noted in missing:
            raise Stop(Broken(noted.file, noted.says, noted.do))
        return program

    def _starter_for(self, questions: Sequence[Question]) -> str:
        try:
            return filled_in(self._exercise.folder / self._exercise.filename, self._starter, questions)
        except ManifestError as error:
            raise Stop(self._files.broken(error)) from error

    def _filled_blanks(self, starter: LocalChannel, questions: Sequence[Question]) -> Iterator[Noted]:
        for blank in (blank for question in questions for blank in question.blanks):
            try:
                is_open = starter.request("get", name=blank.name) is ...
            except SubmissionRaised:
                continue  # said already
            if not is_open:
                yield Noted(self._files.starter, f"`{blank.name}` is filled in already", f"Write `{blank.name} = ...`.")

    def _too_wide(self, questions: Sequence[Question]) -> Iterator[Noted]:
        starter = self._starter_for(questions)
        if any(len(line) > WIDTH for line in starter.splitlines()):
            says = f"for some learners it has lines wider than {WIDTH} columns"
            yield Noted(self._files.starter, says, "Break the lines of prompt(given).", is_fault=False)

    def _alike(self, answer: Answer, known: KnownAnswers, failed: dict[str, str]) -> str:
        """Another wrong answer, of another misconception, with the same numbers wherever this one fails; or none."""
        atol = self._exercise.manifest.tolerance.atol
        asked = {blank.name for name in failed for blank in known.questions[name].blanks}
        own = {key: number for key, number in known.entries(answer).items() if key[0] in asked}
        for other in self._exercise.wrong:
            if other.misconception == answer.misconception or not own:
                continue
            its = known.entries(other)
            if all(abs(number - its.get(key, math.inf)) <= atol for key, number in own.items()):
                return self._files.program(other)
        return ""
