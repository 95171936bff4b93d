"""The learner's course, made of the instructor's: without solutions, wrong answers or hidden checks. Imports no torch.

A learner's machine judges a program by what was recorded of the author's (:mod:`tutor.engine.recorded`), so that none
of those has to be there. What it cannot judge without giving the answer away is left to the instructor, and said so:
what only a training shows, and exercises by hand, whose ``checks.py`` computes the very numbers that are asked.

What is written is written anew, out of what was read: no comment, no other file of the author's gets into it.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from tutor.authoring.cut import with_checks_only, without_comments, without_worked
from tutor.authoring.toml import toml_of
from tutor.course import Course, CourseLocation, load_course
from tutor.engine.client import EngineClient
from tutor.engine.start import environment, isolation
from tutor.errors import GraderError, ManifestError, UsageError
from tutor.verdict import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tutor.course import Answer, Exercise
    from tutor.course.manifest import CheckEntry, Manifest

Judge = Literal["none", "programs", "visible"]
"""What the learner's course judges: nothing; programs; every visible check that needs no training."""

NOT_SHOWN = "How this question is worked out is your instructor's to show."
MIN_TELLING = 12
"""How many characters a line must have to tell whose it is: ``return x`` is everybody's."""


@dataclass(frozen=True)
class Released:
    """What becomes of one exercise.

    Attributes:
        exercise: the author's.
        manifest: the learner's.
        why: why the learner's copy cannot judge it, in words; empty where it can.
        tells: a line of a solution that is in ``questions.py`` too, which learners get all the same, as the questions
            are drawn by it; empty where there is none.
    """

    exercise: Exercise
    manifest: Manifest
    why: str = ""
    tells: str = ""

    @property
    def checks(self) -> list[str]:
        """The ids of the checks that the learner's copy runs."""
        return [] if self.why else [entry.id for entry in self.manifest.check]

    @property
    def points_here(self) -> float:
        """The points that the learner's copy gives."""
        return 0.0 if self.why else self.manifest.points

    @property
    def points_elsewhere(self) -> float:
        """The points that only the instructor's copy gives."""
        return self.exercise.manifest.points - self.points_here


def release(
    course: Course, target: Path, judge: Judge, say: Callable[[str], None] = lambda _: None
) -> tuple[Released, ...]:
    """Write the learner's course; it is there whole, or not at all.

    Args:
        course: the instructor's.
        target: a folder that does not exist, or is empty.
        say: told what is being done.

    Raises:
        UsageError: the folder cannot be written to, or holds something.
        ManifestError: a file of the course keeps it from being released: it tells what is hidden, say.
        GraderError: what the author's programs give cannot be recorded.
    """
    _refuse_target(target, course)
    released = tuple(_planned(exercise, judge) for exercise in course.exercises)
    scratch = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".cnn-tutor-release-", dir=target.parent))
        root = scratch / target.name
        location = CourseLocation(root / "exercises", root / "solutions")
        location.solutions.mkdir(parents=True)
        _write(location.exercises / "course.toml", toml_of(course.manifest))
        released = tuple(_laid_down(one, location) for one in released)
        say("recording what the author's programs give …")
        _record(course, released, location)
        _refuse_leaks(course, released, location)
        _prove(released, load_course(location), say)
        with suppress(FileNotFoundError):
            target.rmdir()
        root.rename(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    return released


def _refuse_target(target: Path, course: Course) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already, and not empty", "Name a new folder: nothing is ever overwritten.")
    for folder in (course.location.exercises, course.location.solutions):
        if target.is_relative_to(folder):
            raise UsageError(
                f"{target} lies in the course itself", "Name a folder outside of exercises/ and solutions/."
            )


def _planned(exercise: Exercise, judge: Judge) -> Released:
    """What becomes of an exercise, as far as its manifest says.

    Raises:
        ManifestError: all of its checks are hidden.
    """
    manifest = exercise.manifest
    visible = [entry for entry in manifest.check if not entry.hidden]
    if not visible:
        toml = exercise.folder / "exercise.toml"
        raise ManifestError(f"{toml}: every check is hidden", "Leave one that learners may know of.")
    if judge == "none":
        return _elsewhere(exercise, "as it was asked for")
    if exercise.is_compute:
        if judge == "programs":
            return _elsewhere(exercise, "by hand: what judges it computes its answers")
        return Released(exercise, _with_checks(manifest, visible, set()))
    quick = [entry for entry in visible if not entry.trains]
    if not quick:
        return _elsewhere(exercise, "only a training judges it")
    ids = {entry.id for entry in quick}
    shown = {answer.misconception for answer in exercise.wrong if answer.check in ids}
    made = _with_checks(manifest, quick, shown)
    return Released(exercise, msgspec.structs.replace(made, kind="implement", training_timeout_s=None))


def _elsewhere(exercise: Exercise, why: str) -> Released:
    visible = [entry for entry in exercise.manifest.check if not entry.hidden]
    manifest = _with_checks(exercise.manifest, visible, set())
    return Released(exercise, msgspec.structs.replace(manifest, judged_here=False), why)


def _with_checks(manifest: Manifest, kept: Sequence[CheckEntry], shown: set[str]) -> Manifest:
    """The manifest with these checks and misconceptions alone."""
    ids = {entry.id for entry in kept}
    checks = tuple(
        msgspec.structs.replace(entry, after=tuple(before for before in entry.after if before in ids)) for entry in kept
    )
    points = sum(entry.points for entry in checks)
    return msgspec.structs.replace(
        manifest,
        check=checks,
        points=points,
        points_elsewhere=manifest.points - points,
        misconception=tuple(one for one in manifest.misconception if one.id in shown),
    )


def _laid_down(released: Released, location: CourseLocation) -> Released:
    """Write an exercise's files; where its ``checks.py`` would tell something, it is judged by the instructor instead.

    Raises:
        ManifestError: a file cannot be read, or a check cannot be taken out of it.
    """
    exercise, folder = released.exercise, released.exercise.manifest.folder
    solution = location.solutions / folder
    solution.mkdir()
    if exercise.is_compute:
        questions = exercise.solution_folder / "questions.py"
        asks = without_worked(questions, NOT_SHOWN) if released.why else without_comments(questions)
        _write(solution / "questions.py", asks)
        released = replace(released, tells=_telling(asks, exercise).strip())
    if not released.why:
        every = [entry.id for entry in exercise.manifest.check]
        if exercise.is_compute:
            checks = without_comments(exercise.checks_file)
        else:
            checks = with_checks_only(exercise.checks_file, released.checks, every)
            if telling := _telling(checks, exercise):
                released = _elsewhere(exercise, f"its checks.py has a line of a solution: {telling}")
        if not released.why:
            _write(solution / "checks.py", checks)
    _write(location.exercises / folder / "exercise.toml", toml_of(released.manifest))
    _write(location.exercises / folder / "lesson.md", exercise.lesson().rstrip("\n") + "\n" + _note(released))
    starter = (exercise.folder / exercise.filename).read_text(encoding="utf-8")
    _write(location.exercises / folder / exercise.filename, starter)
    return released


def _note(released: Released) -> str:
    """What the lesson says of what is judged elsewhere."""
    if released.why:
        return "\nYour instructor judges this exercise; this copy of the course cannot.\n"
    if released.points_elsewhere:
        points = f"{released.points_elsewhere:g} of {released.exercise.manifest.points:g} points"
        return f"\nYour instructor judges more than this copy of the course can: {points}.\n"
    return ""


def _record(course: Course, released: Sequence[Released], location: CourseLocation) -> None:
    """Have the author's programs run, in a process of their own.

    Raises:
        GraderError: they cannot be.
    """
    asked: list[str] = []
    for one in released:
        if not one.why and not one.exercise.is_compute:
            file = location.solutions / one.manifest.folder / one.exercise.recorded_file.name
            asked += [one.exercise.slug, str(file), ",".join(one.checks)]
    if not asked:
        return
    where = (str(course.location.exercises), str(course.location.solutions))
    done = subprocess.run(
        [sys.executable, *isolation(), "-m", "tutor.authoring.recorder", *where, *asked],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GraderError(f"the author's programs cannot be recorded: {said[-1] if said else done.returncode}")


def _prove(released: Sequence[Released], made: Course, say: Callable[[str], None]) -> None:
    """See that the learner's course judges as the instructor's does: what is right passes, what is wrong does not.

    Raises:
        ManifestError: it does not.
    """
    judged = [one for one in released if not one.why]
    if not judged:
        return
    with closing(EngineClient(made.location)) as engine:
        for one in judged:
            say(f"trying {one.exercise.slug} …")
            exercise = made.find(one.exercise.slug)
            wrong = [answer for answer in one.exercise.wrong if answer.check in one.checks]
            for answer in (one.exercise.reference_answer, *wrong):
                source = one.exercise.program(answer, "release")
                verdict = engine.check(exercise, source, learner="release", seed=DEFAULT_SEED)
                if verdict.passed == bool(answer.check):
                    says = f"{answer.path}: gets the verdict {verdict.verdict} in the released course"
                    raise ManifestError(f"{says}, on seed {DEFAULT_SEED}", "cnn-tutor verify says more.")


def _refuse_leaks(course: Course, released: Sequence[Released], location: CourseLocation) -> None:
    """See that nothing that was written tells what it must not.

    Raises:
        ManifestError: a file of the author's does, which is copied; names it, and the line.
    """
    hidden = [entry for one in released for entry in one.exercise.manifest.check if entry.hidden]
    for path in sorted(path for path in location.exercises.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        for entry in hidden:
            said = re.compile(r"\s+".join(map(re.escape, entry.says.split())), re.IGNORECASE)
            if found := said.search(text) or re.search(rf"`{re.escape(entry.id)}`", text):
                source = course.location.exercises / path.relative_to(location.exercises)
                # A manifest is written anew, on other lines.
                line = f" line {text.count(chr(10), 0, found.start()) + 1}" if path.suffix != ".toml" else ""
                says = f"{source}:{line} tells of the hidden check `{entry.id}`, and learners get this file"
                raise ManifestError(says, "Say it otherwise, or leave it out.")
    for one in released:
        file = location.solutions / one.manifest.folder / one.exercise.recorded_file.name
        if file.exists() and (telling := _telling(file.read_bytes().decode("utf-8", "replace"), one.exercise)):
            raise ManifestError(f"{one.exercise.checks_file}: what it compares has a line of a solution: {telling}")


def _telling(text: str, exercise: Exercise) -> str:
    """A line of a solution, a wrong answer or a hidden check that a text has; empty where it has none."""
    starter = (exercise.folder / exercise.filename).read_text(encoding="utf-8")
    public = {_squeezed(line) for line in _lines(starter) | set(exercise.lesson().splitlines())}
    secret = {_squeezed(line): line for answer in _answers(exercise) for line in _lines(answer.source)}
    squeezed = {_squeezed(line) for line in text.splitlines()}
    return next((line for key, line in secret.items() if key in squeezed and key not in public and _tells(line)), "")


def _answers(exercise: Exercise) -> Iterator[Answer]:
    yield from (exercise.reference_answer, *exercise.accepted, *exercise.wrong)


def _lines(program: str) -> set[str]:
    """A program's lines as they stand, and as they are written anew."""
    lines = set(program.splitlines())
    with suppress(SyntaxError, ValueError):
        lines |= set(ast.unparse(ast.parse(program)).splitlines())
    return lines


def _squeezed(line: str) -> str:
    return "".join(line.partition("  #")[0].split())


def _tells(line: str) -> bool:
    """Whether a line says whose it is: imports and headers of functions are everybody's."""
    return len(_squeezed(line)) >= MIN_TELLING and not re.match(r"\s*(import|from|def|class|@|#)\b", line)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
