"""``cnn-tutor init``."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.commands.common import relative, say, the_course


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--learner", metavar="NAME", help="Whose workspace it is; the name decides your questions.")
def command(folder: Path, learner: str | None) -> None:
    """Lay down the exercises in DIR, by default here. What is there already is left as it is."""
    from tutor.workspace import make_workspace

    course = the_course()
    workspace, laid_down = make_workspace(folder.resolve(), course, learner)
    for exercise in laid_down:
        click.echo(relative(workspace.path(exercise)))
    say(course.manifest.welcome)
    if laid_down:
        first = laid_down[0]
        say(f"Begin with {relative(workspace.lesson_path(first))}")
        say(f"and then: cnn-tutor check {first.number}. Or open the app: cnn-tutor")
    else:
        say("All exercises were there already.")
