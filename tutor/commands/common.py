"""What several commands share. Imports what every one of them needs, and no more."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli import COURSE_VARIABLE, for_person, terminal_columns
from tutor.draw import linear
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from click.shell_completion import CompletionItem
    from rich.console import Console

    from tutor.course import Course, CourseLocation, Exercise
    from tutor.engine.client import EngineClient
    from tutor.workspace import Workspace

EXIT_NOT_PASSED = 1
FAILURES_BEFORE_HINT = 2
"""After how many failures in a row a hint is offered: nobody wants one after the first slip."""


def the_course(start: Path | None = None) -> Course:
    """The course that ``--course`` names, else that of the workspace that one is in, else the one that ships.

    Args:
        start: where the workspace is looked for; by default the current folder.

    Raises:
        UsageError: the course that is named does not exist.
        ManifestError: one of its files is wrong.
    """
    from tutor.course import load_course
    from tutor.course.remembered import course_of

    return load_course(course_of(start or Path.cwd()))


def chosen_course(asked: str | None) -> Course:
    """The course that a command's own ``--course`` names, else :func:`the_course`.

    Raises:
        UsageError: the course that is named does not exist.
        ManifestError: one of its files is wrong.
    """
    from tutor.course import load_course
    from tutor.course.packs import find_course

    return the_course() if asked is None else load_course(find_course(asked))


def authors_course(asked: str | None) -> CourseLocation:
    """The course that an author means: the one that is named, else the one in this folder, else cnn-tutor's own.

    Raises:
        UsageError: there is none of that name.
    """
    from tutor.course import builtin_course
    from tutor.course.packs import course_in, find_course, is_course

    if named := asked or os.environ.get(COURSE_VARIABLE):
        return find_course(named)
    if not is_course(Path.cwd()):
        say("There is no course in this folder; it is the one that ships. --course DIR names another.")
        return builtin_course()
    own = course_in(Path.cwd().resolve())
    if own != builtin_course():
        say("The course in this folder; --course DIR names another.")
    return own


def course_option(*, else_: str) -> Callable[[Any], Any]:
    """The option ``--course``.

    Args:
        else_: what is meant where it is not given.
    """
    return click.option(
        "--course",
        "asked",
        metavar="NAME|DIR",
        help=f"Another course: an installed pack, or a folder with exercises/ and solutions/. {else_}",
    )


def the_workspace() -> Workspace:
    """The workspace of the current folder.

    Raises:
        NoWorkspace: it is in none.
    """
    from tutor.workspace import find_workspace

    return find_workspace(Path.cwd())


def engine_for(course: Course, *, shared: bool) -> EngineClient:
    """The engine that judges.

    Args:
        course: what is judged.
        shared: whether it may be one that stays up after this command, for the next.
    """
    from tutor.engine.client import EngineClient

    return EngineClient(course.location, shared=shared)


def one_exercise(course: Course, words: tuple[str, ...]) -> Exercise:
    """The exercise that a command line names.

    Raises:
        UsageError: it names none, several, or one that does not exist.
    """
    found = course.select(words)
    if len(found) != 1:
        raise UsageError("name exactly one exercise", f"For example: exercise {course.exercises[0].number}")
    return found[0]


def not_passed(course: Course, workspace: Workspace, after: Exercise | None = None) -> Exercise | None:
    """The exercise to go on with: the first that is not passed behind ``after``, else from the beginning.

    None where every one is passed, or the progress file cannot be read now.
    """
    from tutor.progress import ProgressError

    try:
        with workspace.progress() as progress:
            standings = progress.standings()
    except ProgressError:
        return None
    here = course.exercises.index(after) + 1 if after else 0
    in_turn = (*course.exercises[here:], *course.exercises[:here])
    return next((one for one in in_turn if not (one.slug in standings and standings[one.slug].passed)), None)


def console(*, stderr: bool = False) -> Console:
    """Rich's console; it honours NO_COLOR, pipes, dumb terminals and COLUMNS, and only appends where that is wanted."""
    from rich.console import Console

    if linear.is_wanted():
        return Console(stderr=stderr, highlight=False, color_system=None, force_terminal=False)
    return Console(stderr=stderr, highlight=False)


@contextmanager
def telling(doing: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done, for as long as it takes.

    Yields:
        A function that takes what is being done from now on.
    """
    if linear.is_wanted():
        from tutor.draw.linear.meanwhile import meanwhile

        with meanwhile(doing, say) as update:
            yield update
    else:
        with console(stderr=True).status(doing) as status:
            yield status.update


def print_lines(lines: Iterable[str]) -> None:
    """Lines for a person, on stdout, broken at words where they are too long."""
    from tutor.draw.words import fitted

    for line in lines:
        click.echo(fitted(line, terminal_columns()))


def print_markdown(text: str) -> None:
    """A text in Markdown, on stdout."""
    if linear.is_wanted():
        from tutor.draw.linear.markdown import linear as linear_lines

        print_lines(linear_lines(text))
    else:
        from rich.markdown import Markdown

        console().print(Markdown(text))


def relative(path: Path) -> str:
    """A path as a person in the current folder writes it."""
    return os.path.relpath(path)


def say(words: str) -> None:
    """Words for a person, on stderr, in lines that its terminal has room for."""
    click.echo(for_person(words), err=True)


def say_prose(text: str) -> None:
    """Paragraphs for a person, on stderr; in a terminal they are broken anew, for its width."""
    from tutor.draw.words import reflowed

    say(reflowed(text) if sys.stderr.isatty() else text.strip())


def after_the_hints(exercise: Exercise) -> str:
    """What is left to whoever has seen every hint."""
    if exercise.is_compute:
        return f"More of its kind, each worked out: cnn-tutor practice {exercise.number}"
    if not exercise.has_solution:
        return "All hints are shown."
    return f"All hints are shown. Our solution: cnn-tutor solution {exercise.number} --give-up"


def complete_exercise(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The exercises whose number or name begins so; none where the course cannot be read."""
    from click.shell_completion import CompletionItem

    from tutor.errors import TutorError

    try:
        exercises = the_course().exercises
    except TutorError:
        return []
    names = [(name, one.title) for one in exercises for name in (str(one.number), one.slug)]
    return [CompletionItem(name, help=title) for name, title in names if name.startswith(incomplete)]


def selectors(*, required: bool = True, metavar: str = "[exercise] SELECTOR") -> Callable[[Any], Any]:
    """The argument that names exercises."""
    return click.argument("selectors", nargs=-1, required=required, metavar=metavar, shell_complete=complete_exercise)


def no_daemon_option() -> Callable[[Any], Any]:
    """The option ``--no-daemon`` of what has submissions judged."""
    return click.option("--no-daemon", is_flag=True, help="Leave no engine behind that the next command could use.")


def output_format(*formats: str) -> Callable[[Any], Any]:
    """The option ``--format``."""
    return click.option("--format", "form", type=click.Choice(formats), default=formats[0], show_default=True)
