"""``cnn-tutor hint``."""

from __future__ import annotations

import click

from tutor.cli import terminal_columns
from tutor.commands.common import one_exercise, selectors, the_course, the_workspace
from tutor.quick import hint_lines, keep_outline


@click.command("hint")
@selectors()
def command(selectors: tuple[str, ...]) -> None:
    """Show the next hint of an exercise, after those that you have seen."""
    workspace = the_workspace()
    course = the_course()
    exercise = one_exercise(course, selectors)
    hints = exercise.manifest.hints
    with workspace.progress() as progress:
        shown = min(progress.hints_shown(exercise.slug) + 1, len(hints))
        progress.set_hints_shown(exercise.slug, shown)
    keep_outline(workspace, course)
    click.echo(hint_lines(hints, shown, terminal_columns()))
