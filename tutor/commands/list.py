"""``cnn-tutor list``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tutor.cli import terminal_columns
from tutor.commands.common import output_format, print_lines, the_course, the_workspace
from tutor.draw.plain import without_controls

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.progress import Standing


@click.command("list")
@click.option("--courses", is_flag=True, help="List the courses that are installed instead.")
@output_format("text", "json")
def command(form: str, *, courses: bool) -> None:
    """List the exercises, and where you stand with each."""
    if courses:
        _list_courses(form)
        return
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


def _list_courses(form: str) -> None:
    """The courses that ``--course`` opens by name; what is wrong with one is said beside it."""
    from tutor.course.packs import listed_courses

    found = listed_courses()
    if form == "json":
        import json

        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        count = f"{one.exercises} exercise{'' if one.exercises == 1 else 's'}"
        says = f"cannot be opened: {one.fault}" if one.fault else f"{one.title}, {count}"
        print_lines([without_controls(f"{one.name}  {says} ({one.distribution})")])


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
