"""``cnn-tutor check``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.commands.common import (
    EXIT_NOT_PASSED,
    FAILURES_BEFORE_HINT,
    after_the_hints,
    chosen_course,
    console,
    course_option,
    engine_for,
    no_daemon_option,
    not_passed,
    one_exercise,
    output_format,
    print_lines,
    relative,
    say,
    say_prose,
    selectors,
    telling,
    the_course,
    the_workspace,
)
from tutor.draw import linear
from tutor.errors import GraderError, UsageError
from tutor.lab.datasets import from_any_folder
from tutor.progress import ProgressError
from tutor.settings import data_for
from tutor.verdict import DEFAULT_SEED, not_judged
from tutor.workspace import read_submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course import Course, Exercise
    from tutor.engine.client import CheckProgress, EngineClient
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace


AUTHOR = "author"
"""The learner whose questions an author gets who tries an exercise by hand."""


@click.command("check")
@selectors(required=False, metavar="[exercise] SELECTOR...")
@click.option("--all", "everything", is_flag=True, help="Check every exercise.")
@click.option("--submission", type=click.Path(path_type=Path), metavar="FILE", help="Judge this file instead.")
@course_option(else_="FILE is judged as its learners' are.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Draws the cases; replays a verdict.")
@click.option("--printed", is_flag=True, help="Show all that your program prints, not the first lines alone.")
@click.option("--data", metavar="DIR", help="For what trains: MNIST's folder, or 'synthetic'.")
@no_daemon_option()
@output_format("text", "json", "junit")
def command(
    selectors: tuple[str, ...],
    everything: bool,
    submission: Path | None,
    asked: str | None,
    seed: int,
    printed: bool,
    data: str | None,
    no_daemon: bool,
    form: str,
) -> int:
    """Judge your answers by running PyTorch.

    SELECTOR is a number, a slug or a path: "exercise 24", "24", "residual-block" and
    "exercises/24_residual_block/residual_block.py" are the same.
    """
    if asked is not None:
        if submission is None or everything:
            raise UsageError(
                "--course goes with one exercise and --submission",
                f"For example: cnn-tutor check my-layer --course {asked} --submission my_layer.py",
            )
        return _try(asked, selectors, submission, seed, data, form, all_printed=printed, shared=not no_daemon)
    course, workspace = the_course(), the_workspace()
    exercises = course.exercises if everything else tuple(dict.fromkeys(course.select(selectors)))
    if not exercises:
        raise UsageError(
            "which exercise? Name one, or say --all",
            f"For example: cnn-tutor check exercise {course.exercises[0].number}",
        )
    if submission is not None and len(exercises) != 1:
        raise UsageError("--submission goes with exactly one exercise")
    for selector in selectors:
        _refuse_other_file(selector, course, workspace)
    sources = [(exercise, _text_of(exercise, workspace, submission, skip_missing=everything)) for exercise in exercises]
    verdicts: list[Verdict] = []
    with engine_for(course, shared=not no_daemon) as engine:
        judging = _Judging(workspace, engine, seed, data, keeps=submission is None)
        for exercise, source in sources:
            verdict = judging.verdict(exercise, source)
            failures = judging.keep(verdict, source) if source is not None else 0
            if form == "text":
                if verdicts:
                    click.echo()
                _show(verdict, source or "", all_printed=printed)
                if submission is None:
                    _say_what_next(course, workspace, exercise, verdict, failures, is_one=len(sources) == 1)
            verdicts.append(verdict)
    if form == "text" and len(verdicts) > 1:
        _say_what_next_of_all(course, workspace, verdicts)
    _print_for_programs(verdicts, form, as_list=everything or len(verdicts) > 1)
    if any(verdict.verdict == "grader_error" for verdict in verdicts):
        return GraderError.exit_code
    return 0 if all(verdict.passed for verdict in verdicts) else EXIT_NOT_PASSED


def _try(
    asked: str,
    selectors: tuple[str, ...],
    submission: Path,
    seed: int,
    data: str | None,
    form: str,
    *,
    all_printed: bool,
    shared: bool,
) -> int:
    """Judge an author's file as a learner's; in an exercise by hand it is filled in as the pack's own answers are."""
    from tutor.course.exercise import Answer

    course = chosen_course(asked)
    exercise = one_exercise(course, selectors)
    source = exercise.program(Answer(submission, read_submission(submission)), AUTHOR)
    with engine_for(course, shared=shared) as engine:
        verdict = _Judging(None, engine, seed, data, keeps=False).verdict(exercise, source)
    if form == "text":
        _show(verdict, source, all_printed=all_printed)
    _print_for_programs([verdict], form, as_list=False)
    if verdict.verdict == "grader_error":
        return GraderError.exit_code
    return 0 if verdict.passed else EXIT_NOT_PASSED


class _Judging:
    """Judges one text after the other; a verdict that is there is kept, whatever happens to the next.

    Args:
        workspace: whose learner is judged; None for an author, who tries something out.
        data: what is trained on, where it was said.
    """

    def __init__(
        self, workspace: Workspace | None, engine: EngineClient, seed: int, data: str | None, *, keeps: bool
    ) -> None:
        self._workspace = workspace
        self._engine = engine
        self._seed = seed
        self._data = from_any_folder(data)
        self._keeps = keeps

    def verdict(self, exercise: Exercise, source: str | None) -> Verdict:
        """The verdict on a text; None is an exercise that is not laid down yet."""
        if source is None:
            why = "it is not laid down in this folder yet: cnn-tutor update does that"
            return replace(not_judged(exercise, self._seed, why), verdict="not_started")
        learner = self._workspace.learner if self._workspace else AUTHOR
        with telling(f"starting the engine for {exercise.slug} …") as update:
            tell = _teller(update, exercise)
            try:
                return self._engine.check(
                    exercise,
                    source,
                    learner=learner,
                    seed=self._seed,
                    data=data_for(exercise, self._workspace, self._data),
                    on_progress=tell,
                )
            except GraderError as error:
                return not_judged(exercise, self._seed, " ".join(filter(None, (error.message, error.remedy))))

    def keep(self, verdict: Verdict, source: str) -> int:
        """Record an attempt; where that cannot be done it is said, and the verdict stands.

        Returns:
            How many attempts in a row have not passed.
        """
        if not self._keeps or self._workspace is None:
            return 0
        try:
            return self._workspace.keep_attempt(verdict, source)
        except ProgressError as error:
            say(f"cnn-tutor: this attempt could not be kept: {error.message}")
            say(error.remedy or "The verdict stands all the same; check again once that is put right.")
            return 0


def _text_of(exercise: Exercise, workspace: Workspace, submission: Path | None, *, skip_missing: bool) -> str | None:
    if submission is not None:
        return read_submission(submission)
    if skip_missing and not workspace.path(exercise).exists():
        return None
    return workspace.read(exercise)


def _teller(update: Callable[[str], None], exercise: Exercise) -> Callable[[CheckProgress], None]:
    def tell(progress: CheckProgress) -> None:
        update(f"checking {exercise.slug}: {progress.says} …")

    return tell


def _show(verdict: Verdict, source: str, *, all_printed: bool) -> None:
    # What the grader says of itself is no verdict on the learner's answer.
    is_ours = verdict.verdict == "grader_error"
    if linear.is_wanted():
        from tutor.draw.linear.verdict import verdict_lines

        lines = verdict_lines(verdict, source, all_printed=all_printed)
        say("\n".join(lines)) if is_ours else print_lines(lines)
        return
    from tutor.draw.verdict import verdict_view

    out = console(stderr=is_ours)
    out.print(verdict_view(verdict, source, all_printed=all_printed))


def _print_for_programs(verdicts: list[Verdict], form: str, *, as_list: bool) -> None:
    if form == "json":
        import json

        found = [verdict.to_dict() for verdict in verdicts]
        click.echo(json.dumps(found if as_list else found[0], indent=2))
    elif form == "junit":
        from tutor.junit import junit_xml

        click.echo(junit_xml(verdicts))


def _say_what_next(
    course: Course, workspace: Workspace, exercise: Exercise, verdict: Verdict, failures: int, *, is_one: bool
) -> None:
    """What to do after one verdict; where there are several, only what is about the one."""
    file = relative(workspace.path(exercise))
    if exercise.manifest.judged_here and exercise.manifest.points_elsewhere:
        say(f"{exercise.manifest.points_elsewhere:g} more points of this exercise are your instructor's to give.")
    match verdict.verdict:
        case "grader_error":
            return
        case "pass":
            if is_one:
                if exercise.has_solution:
                    say(f"The reference and why it works: cnn-tutor solution {exercise.number}")
                _say_where_to_go_on(course, workspace, exercise)
        case "not_started":
            if is_one and workspace.path(exercise).exists():
                say(f"Read {relative(workspace.lesson_path(exercise))}, then edit {file}")
        case _ if failures >= FAILURES_BEFORE_HINT:
            say(f"Stuck? {_help_with(workspace, exercise)}")
        case _:
            say(f"Change {file} and check again.")


def _say_what_next_of_all(course: Course, workspace: Workspace, verdicts: list[Verdict]) -> None:
    """What to do after several verdicts, said once."""
    if any(verdict.passed and course.find(verdict.exercise).has_solution for verdict in verdicts):
        say("References and why they work: cnn-tutor solution N")
    if not any(verdict.verdict == "grader_error" for verdict in verdicts):
        _say_where_to_go_on(course, workspace, None)


def _say_where_to_go_on(course: Course, workspace: Workspace, after: Exercise | None) -> None:
    following = not_passed(course, workspace, after)
    if following is None:
        say_prose(course.manifest.farewell)
    else:
        lesson = relative(workspace.lesson_path(following))
        say(f"Next: exercise {following.number}, {following.title}. Its lesson: {lesson}")


def _help_with(workspace: Workspace, exercise: Exercise) -> str:
    """The next hint; where there is none any more, what else there is."""
    try:
        with workspace.progress() as progress:
            shown = progress.hints_shown(exercise.slug)
    except ProgressError:
        shown = 0
    if shown < len(exercise.manifest.hints):
        return f"A hint: cnn-tutor hint {exercise.number}"
    return after_the_hints(exercise)


def _refuse_other_file(selector: str, course: Course, workspace: Workspace) -> None:
    """A path to a file that is not the workspace's own names an exercise, but would not be what is judged.

    Raises:
        UsageError: it is such a path.
    """
    path = Path(selector)
    if selector == "exercise" or len(path.parts) < 2 or not path.is_file():
        return
    exercise = course.find(selector)
    if path.resolve() != workspace.path(exercise).resolve():
        raise UsageError(
            f"{selector} is not this workspace's file of exercise {exercise.number}",
            f"To judge that file: cnn-tutor check {exercise.number} --submission {selector}",
        )
