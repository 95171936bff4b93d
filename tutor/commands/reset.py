"""``cnn-tutor reset``."""

from __future__ import annotations

import click

from tutor.commands.common import one_exercise, relative, say, selectors, the_course, the_workspace
from tutor.errors import UsageError


@click.command("reset")
@selectors()
@click.option("--undo", is_flag=True, help="Bring back the text that the last reset replaced.")
def command(selectors: tuple[str, ...], undo: bool) -> None:
    """Put the starter back; your text is kept, and --undo brings it back."""
    workspace = the_workspace()
    exercise = one_exercise(the_course(), selectors)
    text = exercise.starter(workspace.learner)
    if undo:
        with workspace.progress() as progress:
            kept = progress.last_kept_text(exercise.slug)
        if kept is None:
            raise UsageError(f"no text of exercise {exercise.number} was ever replaced")
        text = kept
    workspace.replace_text(exercise, text)
    click.echo(relative(workspace.path(exercise)))
    say(f"The text that was there is kept: cnn-tutor reset {exercise.number} --undo")
