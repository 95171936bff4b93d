"""``cnn-tutor hint``."""

from __future__ import annotations

import click

from tutor.commands.common import one_exercise, selectors, the_course, the_workspace


@click.command("hint")
@selectors()
def command(selectors: tuple[str, ...]) -> None:
    """Show the next hint of an exercise, after those that you have seen."""
    workspace = the_workspace()
    exercise = one_exercise(the_course(), selectors)
    hints = exercise.manifest.hints
    with workspace.progress() as progress:
        shown = min(progress.hints_shown(exercise.slug) + 1, len(hints))
        progress.set_hints_shown(exercise.slug, shown)
    for number, text in enumerate(hints[:shown], start=1):
        click.echo(f"Hint {number} of {len(hints)}: {text}")
