"""Proving exercises: first on many seeds in provers, then in the engine as a learner's, then again and with bad intent.

Everything that runs an author's or a hostile program is in a process of its own; this one only asks, and concludes.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tutor.authoring import bounds
from tutor.authoring.conclusions import conclude
from tutor.authoring.crew import Crew, cores
from tutor.authoring.judged import Judged, judge_again, judge_known, learner, try_hostile, with_limit
from tutor.authoring.outcomes import Broken, Drawn, Noted, Outcome, Task
from tutor.authoring.pack import can_run, facts, root_of
from tutor.authoring.problems import Problem, from_message
from tutor.authoring.provers import ProverProcess
from tutor.authoring.report import Report
from tutor.authoring.table import rows
from tutor.course import Course, CourseLocation
from tutor.engine.client import EngineClient
from tutor.errors import GraderError, ManifestError
from tutor.files import write_atomically
from tutor.hostile import hostile_submissions, shares
from tutor.lab.datasets import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tutor.course import Exercise

CHUNK = 10
"""How many seeds a prover is given at a time."""

LEARNERS_FOR_A_SEED = 10

Item = TypeVar("Item")


@dataclass(frozen=True)
class Extent:
    """How much is proved.

    Attributes:
        seeds: on how many seeds, and for how many learners, every right answer passes and every wrong one fails.
        whole: on how many of them every wrong answer goes through every check.
        judged: on how many of them the engine judges.
        full: whether every known program is judged a second time, not only a few, and the hostile ones are tried.
        data: what train exercises train on, by default what is there on every machine; see
            :func:`tutor.lab.data.load`.
    """

    seeds: int = bounds.SEEDS
    whole: int = bounds.WHOLE_SEEDS
    judged: int = bounds.ENGINE_SEEDS
    full: bool = True
    data: str = SYNTHETIC

    @classmethod
    def of(cls, seeds: int | None, *, quick: bool, thorough: bool = False, data: str = SYNTHETIC) -> Extent:
        """What a call asks for."""
        if quick:
            count = bounds.QUICK_SEEDS if seeds is None else seeds
            return cls(count, min(count, bounds.QUICK_WHOLE_SEEDS), 1, full=False, data=data)
        count = bounds.SEEDS if seeds is None else seeds
        whole = count if thorough else min(count, bounds.WHOLE_SEEDS)
        return cls(count, whole, min(count, bounds.ENGINE_SEEDS), data=data)


@dataclass
class Progress:
    """Who hears how far it is.

    Attributes:
        phase: called when a phase begins, with its name and how many jobs it has.
        done: called when a job is done.
    """

    phase: Callable[[str, int], None] = lambda _name, _jobs: None
    done: Callable[[], None] = lambda: None


@dataclass
class _Seen:
    """What the provers have found of one exercise, by chunk."""

    outcomes: dict[int, list[Outcome]] = field(default_factory=dict)
    drawn: dict[int, list[Drawn]] = field(default_factory=dict)
    noted: dict[int, list[Noted]] = field(default_factory=dict)
    broken: dict[int, Broken] = field(default_factory=dict)

    def add(self, chunk: int, message: object) -> None:
        match message:
            case Outcome():
                self.outcomes.setdefault(chunk, []).append(message)
            case Drawn():
                self.drawn.setdefault(chunk, []).append(message)
            case Noted():
                self.noted.setdefault(chunk, []).append(message)
            case Broken():
                self.broken[chunk] = message


def verify(course: Course, exercises: Sequence[Exercise], extent: Extent, progress: Progress) -> list[Report]:
    """Prove exercises of a course that can be loaded.

    Raises:
        GraderError: no process can be started to prove anything in.
    """
    root = root_of(course.location)
    reports = {exercise.slug: Report(exercise, facts(exercise, root)) for exercise in exercises}
    # Those that take longest first, so that the cores have done at the same time.
    runnable = sorted(filter(can_run, exercises), key=lambda exercise: exercise.is_compute)
    _prove(course, runnable, reports, extent, progress)
    # What has a fault already need not be asked of the engine.
    sound = [exercise for exercise in runnable if not reports[exercise.slug].faults]
    judged = _judge(course, sound, reports, extent, progress)
    judgeable = [exercise for exercise in sound if exercise.slug in judged]
    with _copy(course.location) as copy:
        _judge_again(copy, judgeable, reports, judged, extent, progress, root)
    return list(reports.values())


def _prove(
    course: Course, exercises: Sequence[Exercise], reports: dict[str, Report], extent: Extent, progress: Progress
) -> None:
    """Run every program on every seed, in provers."""
    numbers = range(1, extent.seeds + 1)
    seen = {exercise.slug: _Seen() for exercise in exercises}
    jobs = [
        partial(
            _prove_chunk,
            exercise=exercise,
            task=Task(
                slug=exercise.slug,
                basics=start == 0,
                numbers=tuple(numbers[start : start + CHUNK]),
                whole=tuple(number for number in numbers[start : start + CHUNK] if number <= _whole(exercise, extent)),
            ),
            chunk=start,
            seen=seen[exercise.slug],
        )
        for exercise in exercises
        for start in range(0, extent.seeds, CHUNK)
    ]
    # The longest of all.
    jobs[:0] = [
        partial(
            _prove_chunk,
            exercise=exercise,
            task=Task(exercise.slug, basics=False, numbers=(), whole=(), trains_on=extent.data),
            chunk=extent.seeds,
            seen=seen[exercise.slug],
        )
        for exercise in exercises
        if exercise.is_train
    ]
    _work(Crew(lambda: ProverProcess(course.location), cores()), jobs, progress, f"on {extent.seeds} seeds")
    for exercise in exercises:
        _conclude(reports[exercise.slug], seen[exercise.slug], extent)


def _prove_chunk(prover: ProverProcess, exercise: Exercise, task: Task, chunk: int, seen: _Seen) -> None:
    if any(earlier < chunk for earlier in seen.broken):
        return
    for step in prover.ask(task, 2 * max(exercise.manifest.timeout_s, exercise.manifest.training_timeout_s or 0)):
        seen.add(chunk, step)


def _conclude(report: Report, seen: _Seen, extent: Extent) -> None:
    """Put into the report what the provers found of one exercise."""
    exercise = report.exercise
    noted = dict.fromkeys((note.file, note.says, note.do, note.is_fault) for note in _in_order(seen.noted))
    report.problems += [Problem(*note) for note in noted]
    if seen.broken:
        broken = seen.broken[min(seen.broken)]
        report.problems.append(Problem(broken.file, broken.says, broken.do))
        return
    outcomes = _in_order(seen.outcomes)
    report.seeds = extent.seeds
    report.whole = _whole(exercise, extent)
    report.table = rows(exercise, [outcome for outcome in outcomes if not outcome.draw.startswith("practice")])
    report.problems += conclude(exercise, outcomes, _in_order(seen.drawn), report.table)
    # Of an answer by hand, only the reference's says anything: others round as far as the tolerance goes.
    for answer in (exercise.reference_answer, *(() if exercise.is_compute else exercise.accepted)):
        name = exercise.name_of(answer)
        errors = [outcome.off for outcome in outcomes if outcome.program == name and outcome.whole]
        numbers = [error for error in errors if error is not None]
        report.right_off[name] = max(numbers, default=0.0) if len(numbers) == len(errors) else None


def _judge(
    course: Course, exercises: Sequence[Exercise], reports: dict[str, Report], extent: Extent, progress: Progress
) -> dict[str, Judged]:
    """Have the engine judge every known program, as a learner's."""
    root = root_of(course.location)
    seeds = tuple(range(1, extent.judged + 1))
    judged: dict[str, Judged] = {}

    def job(engine: EngineClient, exercise: Exercise) -> None:
        report = reports[exercise.slug]
        try:
            judged[exercise.slug] = found = judge_known(engine, exercise, root, seeds, extent.data)
        except (GraderError, ManifestError) as error:
            _add_error(report, error, root)
            return
        report.judged += found.tried
        report.problems += found.problems

    jobs = [partial(job, exercise=exercise) for exercise in exercises]
    _work(Crew(lambda: EngineClient(course.location), cores()), jobs, progress, "in the engine")
    return judged


def _judge_again(
    copy: CourseLocation,
    exercises: Sequence[Exercise],
    reports: dict[str, Report],
    judged: dict[str, Judged],
    extent: Extent,
    progress: Progress,
    root: Path,
) -> None:
    """The same again, in engines of their own and on a copy of the course; there also the hostile programs."""

    def job(engine: EngineClient, exercise: Exercise) -> None:
        report, first = reports[exercise.slug], judged[exercise.slug]
        toml = copy.exercises / exercise.manifest.folder / "exercise.toml"

        def set_limit(limit_s: float) -> None:
            write_atomically(toml, with_limit(toml.read_text(encoding="utf-8"), limit_s))

        try:
            again = judge_again(engine, exercise, root, 1, extent.data, first.verdicts, every=extent.full)
            report.problems += again.problems
            report.judged += again.tried
            if extent.full:
                programs = hostile_submissions(exercise, learner(1), dealt[exercise.slug])
                found = try_hostile(
                    engine, exercise, root, 1, programs, set_limit=set_limit, reference_s=again.reference_s
                )
                report.hostile = found.hostile
                report.problems += found.problems
        except (GraderError, ManifestError) as error:
            _add_error(report, error, root_of(copy))

    # Every engine of this machine is like every other: it need not be tried by each exercise.
    dealt = shares(exercises)
    jobs = [partial(job, exercise=exercise) for exercise in exercises]
    phase = "again, and hostile programs" if extent.full else "again"
    _work(Crew(lambda: EngineClient(copy), cores()), jobs, progress, phase)


def _add_error(report: Report, error: GraderError | ManifestError, root: Path) -> None:
    """What the engine could not do: a fault, where a file of the course is the reason."""
    problem = from_message(error.message, root, error.remedy)
    if problem.file or isinstance(error, ManifestError):
        report.problems.append(problem)
    else:
        report.unjudged = error.message


def _work(crew: Crew, jobs: Sequence[Callable[..., None]], progress: Progress, phase: str) -> None:  # type: ignore[type-arg]
    progress.phase(phase, len(jobs))
    with closing(crew.work(jobs)) as results:
        for _ in results:
            progress.done()


@contextmanager
def _copy(location: CourseLocation) -> Iterator[CourseLocation]:
    """A copy of the course, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="cnn-tutor-verify-") as folder:
        copy = CourseLocation(Path(folder) / "exercises", Path(folder) / "solutions")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(location.exercises, copy.exercises, ignore=ignored)
        shutil.copytree(location.solutions, copy.solutions, ignore=ignored)
        yield copy


def _whole(exercise: Exercise, extent: Extent) -> int:
    """On how many seeds wrong answers go through every check; numbers by hand cost less, and differ by learner."""
    return min(extent.seeds, extent.whole * (LEARNERS_FOR_A_SEED if exercise.is_compute else 1))


def _in_order(by_chunk: dict[int, list[Item]]) -> list[Item]:
    return [item for chunk in sorted(by_chunk) for item in by_chunk[chunk]]
