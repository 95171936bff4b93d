"""``cnn-tutor export``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.classroom.exports import CLASS_FORMATS, LEARNER_FORMATS, exported
from tutor.classroom.exports.plain import one_line
from tutor.classroom.ready import PLACES
from tutor.commands.common import chosen_course, course_option, relative, say
from tutor.commands.gradebooks import BOOK, print_class
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults
    from tutor.course import Course

NAMED = 5
"""How many people who are left out are named."""


@click.command("export")
@click.argument("book", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[BOOK]")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *CLASS_FORMATS, *LEARNER_FORMATS)),
    metavar="FORMAT",
    help=f"text by default; {', '.join(CLASS_FORMATS)}; of one learner {', '.join(LEARNER_FORMATS)}.",
)
@click.option("--learner", metavar="NAME", help="Whose, for a format that is about one learner.")
@click.option(
    "--assignment",
    "assignments",
    multiple=True,
    metavar="EXERCISE=ID",
    help="For canvas: the exercise is this assignment there; may be given several times.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a report as HTML: on the class, and on each learner.",
)
@click.option(
    "--similarity",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Lay out what was handed in for JPlag, Dolos and compare50.",
)
@click.option(
    "--ready",
    type=(click.Choice(tuple(PLACES)), click.Path(path_type=Path, file_okay=False)),
    metavar="PLACE DIR",
    help=f"Lay down files that have a course judged elsewhere: {', '.join(PLACES)}. Needs no BOOK.",
)
@click.option("--exercise", "wanted", multiple=True, metavar="SELECTOR", help="With --ready: one that counts there.")
@course_option(else_="With --similarity, whose starters; with --ready, what is judged by.")
def command(
    book: Path | None,
    form: str | None,
    learner: str | None,
    assignments: tuple[str, ...],
    output: Path | None,
    report: Path | None,
    similarity: Path | None,
    ready: tuple[str, Path] | None,
    wanted: tuple[str, ...],
    asked: str | None,
) -> int:
    """Make reports, tables and files for other programs from a gradebook.

    BOOK is what cnn-tutor grade has kept, by default gradebook.sqlite.
    """
    if ready is not None:
        if book is not None or any((form, learner, assignments, output, report, similarity)):
            raise UsageError("--ready goes with --exercise and --course alone: it needs no gradebook")
        return _lay_down(*ready, wanted, asked)
    if wanted:
        raise UsageError("--exercise goes with --ready: a gradebook has the exercises that it was made with")
    from tutor.classroom.gradebook import Gradebook

    with Gradebook(book or BOOK) as kept:
        results = kept.results()
        if similarity is not None:
            _lay_out(results, list(kept.sources()), chosen_course(asked), similarity)
    if report is not None:
        from tutor.classroom.report.writing import write_report

        say(f"Written: {relative(write_report(results, report))}")
    if form is not None or output is not None or not (report or similarity):
        _export(results, form or "text", learner, _assignments(results, assignments), output)
    return 0


def _export(
    results: ClassResults, form: str, learner: str | None, assignments: dict[str, int], output: Path | None
) -> None:
    if form == "text":
        if learner is not None:
            raise UsageError("--format text is for the whole class", "One learner's page: --report DIR")
        if output is not None:
            raise UsageError("--output goes with a format that is for programs", "For example: --format csv")
        print_class(results)
        return
    text = exported(results, form, learner=learner, assignments=assignments, environment=os.environ)
    _say_who_is_left_out(results, form)
    if output is None:
        click.echo(text, nl=False)
        return
    from tutor.files import write_atomically

    try:
        write_atomically(output, text)
    except OSError as error:
        raise TutorError(f"{output}: cannot be written: {error.strerror}") from error
    say(f"Written: {relative(output)}")


def _assignments(results: ClassResults, said: tuple[str, ...]) -> dict[str, int]:
    """Canvas' numbers of assignments, by slug.

    Raises:
        UsageError: something else is said.
    """
    slugs = {name: one.slug for one in results.exercises for name in (one.slug, str(one.number))}
    found = {}
    for words in said:
        name, _, number = words.rpartition("=")
        if name not in slugs or not (number.isascii() and number.isdigit()):
            raise UsageError(
                f"--assignment {words}: this is no exercise of the gradebook with a number behind =",
                f"For example: --assignment {results.exercises[0].slug}=1234",
            )
        found[slugs[name]] = int(number)
    return found


def _say_who_is_left_out(results: ClassResults, form: str) -> None:
    from tutor.classroom.exports.canvas import is_in_canvas
    from tutor.classroom.exports.moodle import is_in_moodle

    knows: dict[str, Callable[[Person], bool]] = {"canvas": is_in_canvas, "moodle": is_in_moodle}
    if form not in knows:
        return
    unknown = [one_line(person.called) for person in results.people if not knows[form](person)]
    if unknown:
        more = f" and {len(unknown) - NAMED:,} more" if len(unknown) > NAMED else ""
        names = ", ".join(unknown[:NAMED]) + more
        say(f"Left out, as the roster says nothing that {form.title()} knows them by: {names}")


def _lay_out(results: ClassResults, sources: list[tuple[str, str, str, str]], course: Course, folder: Path) -> None:
    from tutor.classroom.exports.similarity import laid_out, write_files

    known = {one.slug: one for one in course.exercises}
    if unknown := [one.slug for one in results.exercises if one.slug not in known]:
        raise UsageError(
            f"the course {course.manifest.title} has no exercise {unknown[0]}, which the gradebook has",
            "Name the course that was judged by: --course NAME, or --course DIR",
        )
    exercises = [known[one.slug] for one in results.exercises]
    count = write_files(folder, laid_out(results.people, exercises, sources))
    say(f"Written: {count:,} files. {relative(folder / 'README.txt')} says what to do with them.")


def _lay_down(place: str, folder: Path, wanted: tuple[str, ...], asked: str | None) -> int:
    from tutor.classroom.ready import lay_down

    course = chosen_course(asked)
    exercises = [exercise.slug for exercise in course.select(wanted)]
    written = lay_down(place, folder, dict.fromkeys(exercises), course.location if asked is not None else None)
    say(f"Written: {', '.join(relative(path) for path in written)}")
    return 0
