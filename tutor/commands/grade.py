"""``cnn-tutor grade``."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.classroom.exports import CLASS_FORMATS, LEARNER_FORMATS, exported
from tutor.classroom.exports.plain import one_line
from tutor.commands.common import chosen_course, console, course_option, output_format, relative, say, telling
from tutor.commands.gradebooks import BOOK, print_class
from tutor.commands.spreading import spreading_options, the_scheduler
from tutor.errors import GraderError, UsageError
from tutor.lab.datasets import from_any_folder
from tutor.settings import data_for
from tutor.verdict import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tutor.classroom.collect import Collected
    from tutor.classroom.gradebook import Gradebook
    from tutor.classroom.grading import Grader
    from tutor.classroom.judging import Task
    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults
    from tutor.course import Exercise
    from tutor.draw.grading import GradingProgress
    from tutor.spread.scheduler import Scheduler

MAX_FINDINGS = 10
"""How many are named where nothing could be judged."""
A_LINE_EVERY_S = 10.0
"""Where the cursor cannot be moved."""


class When(click.ParamType[datetime]):
    """A point in time, as ISO 8601 writes it; without a zone it is this machine's."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is no time. For example: 2026-12-01T23:59, or 2026-12-01T23:59+01:00", param, ctx)


@click.command("grade")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH...")
@click.option("--exercise", "wanted", multiple=True, metavar="SELECTOR", help="Only this; may be given several times.")
@click.option("--book", type=click.Path(path_type=Path, dir_okay=False), help=f"The gradebook. By default {BOOK}.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Who is in the class: a CSV file of yours, or what Canvas or Moodle export.",
)
@click.option("--deadline", type=When(), metavar="WHEN", help="What was changed later is late: 2026-12-01T23:59")
@click.option("--learner", metavar="NAME", help="PATH is this one learner's folder, not a class's.")
@course_option(else_="Otherwise the course that ships.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Draws the cases.")
@click.option("--data", metavar="DIR", help="For what trains: MNIST's folder, or 'synthetic'.")
@spreading_options
@output_format("text", *CLASS_FORMATS, *LEARNER_FORMATS)
def command(
    paths: tuple[Path, ...],
    wanted: tuple[str, ...],
    book: Path | None,
    roster: Path | None,
    deadline: datetime | None,
    learner: str | None,
    asked: str | None,
    seed: int,
    data: str | None,
    form: str,
    **spreading: Any,
) -> int:
    """Judge a class: a folder or archive with a folder, or an archive, for each learner.

    What Moodle and Canvas export is read as it is. All verdicts are kept in a gradebook: what was judged already is not
    judged again, and `cnn-tutor export` makes reports, grades for Moodle or Canvas, and more from it.
    """
    from tutor.classroom.collect import collect
    from tutor.classroom.gradebook import Gradebook
    from tutor.classroom.grading import Grader, graded, versions
    from tutor.classroom.roster import Roster, read_roster

    if form in LEARNER_FORMATS and learner is None:
        raise UsageError(f"--format {form} is about one learner", "Say whose folder PATH is: --learner NAME")
    scheduler = the_scheduler(**spreading)
    course = chosen_course(asked)
    exercises = tuple(dict.fromkeys(course.select(wanted))) or course.exercises
    class_list = read_roster(roster) if roster else Roster(_people_before(book, learner))
    if class_list.people and roster is None:
        say(f"The class is that of the roster given before: {len(class_list.people):,} people.")
    collected = collect(paths, exercises, class_list, deadline, learner)
    if not collected.handed_in and learner is None:
        for finding in collected.findings[:MAX_FINDINGS]:
            say(one_line(" ".join(filter(None, (finding.where, finding.says)))))
        raise UsageError(
            f"nobody handed in anything in {', '.join(map(str, paths))}",
            f"Files are found by their names, e.g. {exercises[0].filename}, below each learner's folder.",
        )
    grader = Grader(course, seed, _data(data, exercises), versions())
    tasks = list(grader.tasks(collected.handed_in))
    with ExitStack() as opened:
        if book is None and learner is not None:
            book = Path(opened.enter_context(tempfile.TemporaryDirectory())) / BOOK
        kept = opened.enter_context(Gradebook(book or BOOK, make=True))
        kept.begin(
            course.manifest.title,
            graded(exercises),
            grader.versions,
            class_list.people,
            collected.people,
            zip(collected.handed_in, (task.key for task in tasks), strict=True),
            collected.findings,
        )
        _judge(kept, grader, collected, tasks, spreading["jobs"], scheduler)
        results = kept.results()
    _print(results, form, learner)
    if learner is None:
        say(f"Kept in {relative(book or BOOK)}. Reports and grades to import: cnn-tutor export --help")
    not_judged = sum(not grade.is_final for grade in results.grades.values())
    if not_judged:
        say(f"{not_judged:,} could not be judged, which is no fault of theirs; the same command tries them again.")
    return GraderError.exit_code if not_judged else 0


def _people_before(book: Path | None, learner: str | None) -> tuple[Person, ...]:
    """The roster that a gradebook was made with."""
    from tutor.classroom.gradebook import Gradebook

    path = book or BOOK
    if learner is not None or not path.is_file():
        return ()
    with Gradebook(path) as kept:
        return kept.roster()


def _print(results: ClassResults, form: str, learner: str | None) -> None:
    """The results, on stdout."""
    if form == "text":
        print_class(results)
    else:
        one = learner if form in LEARNER_FORMATS else None
        click.echo(exported(results, form, learner=one, environment=os.environ), nl=False)


def _data(said: str | None, exercises: Sequence[Exercise]) -> str | None:
    trains = next((one for one in exercises if one.is_train), None)
    data = said if trains is None else data_for(trains, None, said)
    return from_any_folder(data)


def _judge(
    book: Gradebook,
    grader: Grader,
    collected: Collected,
    tasks: Sequence[Task],
    jobs: int | None,
    scheduler: Scheduler | None,
) -> None:
    """Judge what has no verdict yet, and keep each as soon as it is there.

    Raises:
        TutorError: it cannot be done.
    """
    from tutor.classroom.grading import find_borrowed, kept, to_judge
    from tutor.classroom.workers import workers
    from tutor.draw.grading import GradingProgress

    ahead = to_judge(book, tasks)
    if done := len(tasks) - len(ahead):
        say(f"{done:,} of {len(tasks):,} submissions are judged already, or the same as another.")
    titles = {one.exercise.slug: f"{one.exercise.number} {one.exercise.title}" for one in collected.handed_in}
    total = Counter(task.exercise for task in ahead)
    progress = GradingProgress(titles, {slug: total[slug] for slug in titles if total[slug]}, time.monotonic())
    try:
        with workers(jobs, scheduler) as ours:
            if ahead:
                with _shown(progress) as show:
                    for verdict in kept(book, grader.judge(ahead, ours)):
                        progress.add(verdict)
                        show()
            with telling("looking for answers to the questions of others …") as update:
                book.add_findings(list(find_borrowed(book, grader, collected, tasks, ours, update)))
    except KeyboardInterrupt:
        say(f"Stopped. {progress.done:,} of {progress.all:,} verdicts are kept: the same command goes on from there.")
        raise


@contextmanager
def _shown(progress: GradingProgress) -> Iterator[Callable[[], None]]:
    """Show how far it is: a table where the cursor can be moved, else a line now and then."""
    from rich.live import Live

    from tutor.draw.grading import grading_line, grading_view

    out = console(stderr=True)
    if out.is_terminal and not out.is_dumb_terminal:
        with Live(
            get_renderable=lambda: grading_view(progress, time.monotonic()), console=out, refresh_per_second=4
        ) as live:
            yield lambda: None
            live.refresh()
        return
    said_at = time.monotonic()

    def now_and_then() -> None:
        nonlocal said_at
        now = time.monotonic()
        if now - said_at >= A_LINE_EVERY_S or progress.done == progress.all:
            said_at = now
            say(grading_line(progress, now))

    yield now_and_then
