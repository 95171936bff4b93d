"""``cnn-tutor verify``."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tutor.commands.common import EXIT_NOT_PASSED, authors_course, console, course_option, output_format
from tutor.errors import GraderError, ManifestError, UnknownExercise, UsageError
from tutor.lab.datasets import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from tutor.authoring.problems import Problem
    from tutor.authoring.report import Report
    from tutor.authoring.verify import Progress
    from tutor.course import Course, Exercise


@click.command("verify")
@click.argument("selectors", nargs=-1, metavar="[exercise] [SELECTOR...]")
@course_option(else_="By default that in this folder, and where there is none, the one that ships with cnn-tutor.")
@click.option("--all", "everything", is_flag=True, help="Every exercise, as where none is named.")
@click.option("--seeds", type=click.IntRange(min=1), metavar="N", help="Prove it on so many seeds; by default 200.")
@click.option("--quick", is_flag=True, help="Few seeds and no hostile programs: for while you write.")
@click.option("--thorough", is_flag=True, help="Every program on every case of every seed: before a release.")
@click.option(
    "--data",
    default=SYNTHETIC,
    show_default=True,
    metavar="DIR",
    help="What train exercises train on: a folder with MNIST's files, or 'synthetic'.",
)
@click.option("--watch", is_flag=True, help="Prove again what is saved, on few seeds, and show what changes.")
@output_format("text", "json")
def command(
    selectors: tuple[str, ...],
    asked: str | None,
    everything: bool,
    seeds: int | None,
    quick: bool,
    thorough: bool,
    data: str,
    form: str,
    *,
    watch: bool,
) -> int:
    """Prove exercises, by default all of the course that is in this folder, or else of cnn-tutor's own.

    Right answers pass and wrong ones fail where and as they say, on many seeds; the tolerance is far from both; the
    same seed gives the same verdict; and no hostile program passes. Exit status: 0 proved, 1 something is not true, 2
    a manifest cannot be read, 3 the engine could not judge.
    """
    from tutor.authoring.pack import manifest_faults
    from tutor.authoring.verify import Extent, verify
    from tutor.course import load_course

    if quick and thorough:
        raise UsageError("--quick and --thorough ask for opposite things", "Name one of them, or neither.")
    if everything and selectors:
        raise UsageError("--all and an exercise ask for different things", "Name the exercise, or say --all.")
    if watch and form != "text":
        raise UsageError("--watch is for people, and --format json for programs", "Name one of them.")
    extent = Extent.of(seeds, quick=quick or (watch and not thorough), thorough=thorough, data=data)
    location = authors_course(asked)
    if watch:
        from tutor.authoring.watching import Watching

        err = console(stderr=True)
        Watching(location, lambda course: _meant(course, selectors), extent, console(), lambda: _progress(err)).run()
    if faults := manifest_faults(location):
        _show_faults(faults, form)
        return ManifestError.exit_code
    course = load_course(location)
    exercises = _meant(course, selectors)
    err = console(stderr=True)
    with _progress(err) as progress:
        reports = verify(course, exercises, extent, progress)
    _show(reports, form)
    if any(report.unjudged for report in reports):
        return GraderError.exit_code
    return 0 if all(report.proved for report in reports) else EXIT_NOT_PASSED


def _meant(course: Course, selectors: tuple[str, ...]) -> tuple[Exercise, ...]:
    return tuple(dict.fromkeys(_selected(course, selectors))) or course.exercises


def _selected(course: Course, selectors: tuple[str, ...]) -> tuple[Exercise, ...]:
    """The exercises that are named.

    Raises:
        UnknownExercise: one of them does not exist; says in which course.
    """
    try:
        return course.select(selectors)
    except UnknownExercise as error:
        where = course.location.exercises.parent
        remedy = f"{error.remedy} This is the course in {where}; --course DIR names another."
        raise UnknownExercise(error.message, remedy) from None


def _show(reports: Sequence[Report], form: str) -> None:
    from tutor.authoring.report import as_json, report_view, summary

    if form == "json":
        click.echo(json.dumps(as_json(reports), indent=2))
        return
    out = console()
    for report in reports:
        out.print(report_view(report))
        out.print()
    out.print(summary(reports))


def _show_faults(faults: Sequence[Problem], form: str) -> None:
    """What keeps the course from being read."""
    from tutor.authoring.report import as_json, problem_view

    if form == "json":
        click.echo(json.dumps(as_json([], faults), indent=2))
        return
    out = console()
    out.print("The course cannot be read, so that nothing is proved of it yet:", style="bold red")
    for fault in faults:
        out.print(problem_view(fault))


@contextmanager
def _progress(err: Console) -> Iterator[Progress]:
    """A bar on a terminal; elsewhere a line for each phase."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from tutor.authoring.verify import Progress as Hears

    if not err.is_terminal:
        yield Hears(phase=lambda name, jobs: click.echo(f"{name} …", err=True) if jobs else None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(None), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, expand=True) as bar:
        task = bar.add_task("", total=None)

        def phase(name: str, jobs: int) -> None:
            bar.reset(task, description=name, total=jobs)

        yield Hears(phase=phase, done=lambda: bar.advance(task))
