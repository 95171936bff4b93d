"""``cnn-tutor init``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.commands.common import relative, say, say_prose, the_course

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import Exercise
    from tutor.workspace import Workspace


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--learner", metavar="NAME", help="Whose workspace it is; the name decides your questions.")
def command(folder: Path, learner: str | None) -> None:
    """Lay down the exercises in DIR, by default here. What is there already is left as it is."""
    from tutor.workspace import is_workspace, make_workspace

    root = folder.resolve()
    course = the_course(root)
    is_new = not is_workspace(root)
    workspace, laid_down = make_workspace(root, course, learner)
    for exercise in laid_down:
        click.echo(relative(workspace.path(exercise)))
    say_prose(course.manifest.welcome)
    say("")
    if is_new and learner is None and any(exercise.is_compute for exercise in course.exercises):
        say(
            f"Your questions are drawn from the name {workspace.learner}; "
            "cnn-tutor init DIR --learner NAME picks another, for another folder."
        )
    if laid_down:
        for line in _how_to_begin(workspace, laid_down[0]):
            say(line)
    else:
        say("All exercises were there already.")


def _how_to_begin(workspace: Workspace, first: Exercise) -> Iterator[str]:
    """The first steps, as they are typed from the folder that one is in."""
    lesson = workspace.lesson_path(first)
    if Path.cwd().resolve().is_relative_to(workspace.root):
        yield f"Begin with {relative(lesson)}"
    else:
        yield f"First: cd {shlex.quote(relative(workspace.root))}"
        yield f"Begin with {lesson.relative_to(workspace.root)}"
    yield f"and then: cnn-tutor check {first.number}. Or open the app: cnn-tutor"
