"""From a submission to its verdict. Runs in the engine, which alone decides."""

from __future__ import annotations

import re
import select
import time
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from tutor.checks.check import raised_in_words
from tutor.checks.loading import load_trained_checks
from tutor.clipping import clipped
from tutor.course.questions import PRACTISED
from tutor.engine.by_hand import HandJudge, KnownAnswers
from tutor.engine.channel import SubmissionDied, SubmissionRaised, SubmissionTimedOut, WorkerChannel
from tutor.engine.findings import MESSAGE_LENGTH
from tutor.engine.laboratory import Laboratory
from tutor.engine.program import ProgramJudge
from tutor.engine.sandbox.limits import Limits
from tutor.errors import GraderError
from tutor.files import MAX_SOURCE_BYTES, text_hash
from tutor.verdict import CheckResult, Verdict, VerdictName, not_judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tutor.checks.trained import TrainedCheck
    from tutor.course import Exercise, Question
    from tutor.course.manifest import CheckEntry
    from tutor.engine.findings import Finding
    from tutor.engine.forkserver import ForkServer

JUDGED_ELSEWHERE = "your instructor judges this exercise: this copy of the course has no checks of it. Hand it in"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Request:
    """What is to be judged.

    Attributes:
        exercise: as what.
        source: the submission's text.
        learner: whose questions a compute exercise asks.
        seed: draws the cases, and in practice the question.
        practice: whether a compute exercise asks one question to practise on, and no more.
        data: what a train exercise trains on; see :func:`tutor.lab.data.load`.
    """

    exercise: Exercise
    source: str
    learner: str
    seed: int
    practice: bool = False
    data: str | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions of a compute exercise."""
        return self.exercise.practice(self.seed) if self.practice else self.exercise.questions(self.learner)

    @property
    def entries(self) -> tuple[CheckEntry, ...]:
        """The checks that are asked."""
        checks = self.exercise.manifest.check
        return tuple(entry for entry in checks if entry.id == PRACTISED) if self.practice else checks


@dataclass(frozen=True)
class Listener:
    """Who hears how a check goes on.

    Attributes:
        started: called when a check begins, with its position from 1, and again when there is news of one that takes
            long; with what is done.
        ended: called when a check has ended.
        interrupt: a descriptor to watch while a worker is waited for, and what to call when it is readable; an
            exception from there ends the judging.
    """

    started: Callable[[CheckEntry, int, str], None]
    ended: Callable[[CheckResult], None]
    interrupt: tuple[int, Callable[[], None]] | None = None


def judge(request: Request, server: ForkServer, listener: Listener) -> Verdict:
    """Judge a submission in a worker of its own.

    A verdict is ``pass`` only if every check of the manifest ran and passed.

    Raises:
        GraderError: the grader could not judge.
        ManifestError: a file of the course is wrong.
    """
    began = time.perf_counter()
    exercise = request.exercise
    run = _Run(request, listener)
    if (refused := _refusal(request)) is not None:
        run.skip_all()
        return run.verdict(refused, {}, "", 1000 * (time.perf_counter() - began))
    if not exercise.manifest.judged_here:
        return not_judged(exercise, request.seed, JUDGED_ELSEWHERE)
    judging = _judge_of(request)
    quick = [entry for entry in request.entries if not entry.trains]
    training = _Training(request, server, listener)
    with closing(WorkerChannel(server, _limits(exercise.manifest.timeout_s, request), listener.interrupt)) as worker:
        stopped = run.checks(quick, _load(worker, request), lambda entry: judging.check(entry.id, worker))
        if stopped is None:
            run.simplify(lambda check_id: judging.simpler_finding(check_id, worker))
    misconceptions = {} if stopped else judging.misconceptions()
    with closing(training):
        stopped = run.checks(request.entries[len(quick) :], stopped, training.check)
    printed = worker.printed + training.printed
    misconceptions |= training.misconceptions
    verdict = run.verdict(stopped, misconceptions, printed, 1000 * (time.perf_counter() - began))
    return replace(verdict, sandbox=worker.sandbox)


def _limits(time_s: float, request: Request) -> Limits:
    asked = request.exercise.manifest
    return Limits(time_s, asked.memory_mb, asked.processes, asked.file_mb, asked.output_kb)


def _judge_of(request: Request) -> HandJudge | ProgramJudge:
    if request.exercise.is_compute:
        return HandJudge(request.exercise, KnownAnswers(request.exercise, request.questions))
    return ProgramJudge(request.exercise, request.seed)


@dataclass(frozen=True)
class _Stop:
    """Why the rest of the checks could not run."""

    verdict: VerdictName
    says: str


def _refusal(request: Request) -> _Stop | None:
    """Why a submission is not even loaded, or None."""
    # What Python reads with surrogateescape from a file that is not UTF-8.
    if (odd := LONE_SURROGATE.search(request.source)) is not None:
        line = request.source.count("\n", 0, odd.start()) + 1
        return _Stop("error", f"line {line} is not UTF-8 text; save the file as UTF-8, every editor can")
    starter = request.exercise.starter(request.learner)
    if text_hash(request.source.strip()) == text_hash(starter.strip()):
        return _Stop("not_started", "this is the starter as it was laid down; nothing is filled in yet")
    if len(request.source.encode("utf-8", "replace")) > MAX_SOURCE_BYTES:
        return _Stop("error", f"the file is larger than {MAX_SOURCE_BYTES >> 20} MiB")
    return None


def _load(worker: WorkerChannel, request: Request) -> _Stop | None:
    """Load the submission; why it cannot be judged, or None."""
    try:
        exercise = request.exercise
        forbidden = exercise.manifest.forbidden
        worker.request("load", source=request.source, filename=exercise.filename, forbidden=forbidden)
    except SubmissionRaised as error:
        return _Stop("error", raised_in_words(error.raised))
    except (SubmissionTimedOut, SubmissionDied) as error:
        return _stop(error, request)
    return None


def _stop(error: SubmissionTimedOut | SubmissionDied, request: Request, entry: CheckEntry | None = None) -> _Stop:
    if not isinstance(error, SubmissionTimedOut):
        return _Stop("error", str(error))
    manifest = request.exercise.manifest
    if entry is not None and entry.trains:
        limit = manifest.training_timeout_s or 0
        return _Stop("timeout", f"your network was not trained within {limit:g} s; is it larger than it was to be?")
    return _Stop(
        "timeout", f"your program did not finish within {manifest.timeout_s:g} s; is there a loop that never ends?"
    )


class _Training:
    """The checks that train, in a worker of their own: it is there once one of them is asked.

    Attributes:
        misconceptions: for each that failed the one that shows in it, where one does.
        printed: what the submission printed there.
    """

    def __init__(self, request: Request, server: ForkServer, listener: Listener) -> None:
        self._request = request
        self._server = server
        self._listener = listener
        self._worker: WorkerChannel | None = None
        self._asked: CheckEntry | None = None
        self.misconceptions: dict[str, str] = {}
        self.printed = ""

    def check(self, entry: CheckEntry) -> Finding:
        """Run one.

        Raises:
            SubmissionTimedOut, SubmissionDied: before it had ended.
            DataError: there is nothing to train on.
        """
        self._asked = entry
        worker = self._the_worker()
        finding, misconception = self._laboratory.check(self._checks[entry.id], worker)
        if misconception:
            self.misconceptions[entry.id] = misconception
        return finding

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self.printed = self._worker.printed

    @cached_property
    def _laboratory(self) -> Laboratory:
        return Laboratory(self._request.exercise, self._request.data, self._say)

    @cached_property
    def _checks(self) -> dict[str, TrainedCheck]:
        return {check.id: check for check in load_trained_checks(self._request.exercise)}

    def _the_worker(self) -> WorkerChannel:
        if self._worker is None:
            exercise = self._request.exercise
            limits = _limits(exercise.manifest.training_timeout_s or exercise.manifest.timeout_s, self._request)
            self._worker = WorkerChannel(self._server, limits, self._listener.interrupt)
            # It has been loaded once without raising anything.
            self._worker.request("load", source=self._request.source, filename=exercise.filename, forbidden={})
        return self._worker

    def _say(self, what: str) -> None:
        interrupt = self._listener.interrupt
        if interrupt is not None and select.select([interrupt[0]], [], [], 0)[0]:
            interrupt[1]()
        if self._asked is not None:
            self._listener.started(self._asked, self._request.entries.index(self._asked) + 1, what)


class _Run:
    """The checks of one submission, one after the other."""

    def __init__(self, request: Request, listener: Listener) -> None:
        self._request = request
        self._listener = listener
        self._entries = request.entries
        self._results: list[CheckResult] = []

    def checks(
        self, entries: Iterable[CheckEntry], stopped: _Stop | None, ask: Callable[[CheckEntry], Finding]
    ) -> _Stop | None:
        """Run the next ones, unless ``stopped`` says why none can; why the last ones could not run, or None."""
        for entry in entries:
            missing = [result.id for result in self._results if result.id in entry.after and result.status != "pass"]
            if stopped is not None:
                self._end(entry, "skip", "could not run")
            elif missing:
                self._end(entry, "skip", f"waits until {' and '.join(missing)} passes")
            else:
                self._listener.started(entry, self._request.entries.index(entry) + 1, entry.says)
                try:
                    finding = ask(entry)
                except (SubmissionTimedOut, SubmissionDied) as error:
                    stopped = _stop(error, self._request, entry)
                    self._end(entry, "timeout" if stopped.verdict == "timeout" else "error", stopped.says)
                else:
                    self._add(finding.result(entry))
        return stopped

    def simplify(self, simpler: Callable[[str], Finding | None]) -> None:
        """Give the first check that failed a simpler counterexample, where there is one."""
        position = next((at for at, result in enumerate(self._results) if result.status != "pass"), None)
        if position is None or self._results[position].counterexample is None:
            return
        if (finding := simpler(self._results[position].id)) is not None:
            self._results[position] = finding.result(self._entries[position])

    def skip_all(self) -> None:
        """Run none of them."""
        for entry in self._entries:
            self._end(entry, "skip", "could not run")

    def verdict(
        self, stopped: _Stop | None, misconceptions: Mapping[str, str], printed: str, duration_ms: float
    ) -> Verdict:
        """The verdict on all of them.

        Its misconception is that of the first check that did not pass; of the first that has one in a compute
        exercise, where a question may just not be filled in yet.

        Raises:
            GraderError: a check has no result.
        """
        if [result.id for result in self._results] != [entry.id for entry in self._entries]:
            raise GraderError("not every check has a result")
        exercise = self._request.exercise
        name: VerdictName
        if stopped is not None:
            name = stopped.verdict
        elif all(result.status == "pass" for result in self._results):
            name = "pass"
        elif any(result.status == "error" for result in self._results):
            name = "error"
        else:
            name = "fail"
        results = tuple(replace(result, misconception=misconceptions.get(result.id)) for result in self._results)
        failed = [result.misconception for result in results if result.status != "pass"]
        misconception = next(filter(None, failed) if exercise.is_compute else iter(failed), None)
        return Verdict(
            exercise=exercise.slug,
            number=exercise.number,
            verdict=name,
            score=sum(result.points for result in results),
            max_score=sum(entry.points for entry in self._entries),
            seed=self._request.seed,
            tolerance=msgspec.to_builtins(exercise.manifest.tolerance),
            checks=results,
            misconception=misconception,
            looks_like=exercise.misconception_says(misconception) if misconception else "",
            message=clipped(stopped.says, MESSAGE_LENGTH) if stopped else "",
            printed=printed,
            duration_ms=duration_ms,
        )

    def _end(self, entry: CheckEntry, status: Any, message: str) -> None:
        message = clipped(message, MESSAGE_LENGTH)
        self._add(CheckResult(entry.id, entry.says, status, 0.0, entry.points, message))

    def _add(self, result: CheckResult) -> None:
        self._results.append(result)
        self._listener.ended(result)
