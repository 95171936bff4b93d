"""``cnn-tutor list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tutor.cli import terminal_columns
from tutor.commands.common import output_format, the_course, the_workspace

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.progress import Standing


@click.command("list")
@output_format("text", "json")
def command(form: str) -> None:
    """List the exercises, and where you stand with each."""
    course, workspace = the_course(), the_workspace()
    with workspace.progress() as progress:
        standings = progress.standings()
    if form == "json":
        import json

        click.echo(json.dumps([_as_json(exercise, standings.get(exercise.slug)) for exercise in course.exercises]))
        return
    from tutor.draw.course import rows_of, stands_of
    from tutor.quick import keep_outline, list_lines

    keep_outline(workspace, course)
    click.echo(list_lines(rows_of(course), stands_of(standings), terminal_columns()))


def _as_json(exercise: Exercise, standing: Standing | None) -> dict[str, Any]:
    return {
        "number": exercise.number,
        "slug": exercise.slug,
        "title": exercise.title,
        "part": exercise.manifest.part,
        "kind": exercise.manifest.kind,
        "points": exercise.manifest.points,
        "attempts": standing.attempts if standing else 0,
        "passed": bool(standing and standing.passed),
        "best_score": standing.best_score if standing else 0.0,
    }
