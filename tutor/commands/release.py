"""``cnn-tutor release``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.commands.common import authors_course, course_option, output_format, print_lines, relative, say, telling

if TYPE_CHECKING:
    from tutor.authoring.release import Judge, Released


@click.command("release")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@course_option(else_="By default that in this folder, and where there is none, the one that ships with cnn-tutor.")
@click.option(
    "--judge",
    type=click.Choice(["programs", "visible", "none"]),
    default="programs",
    show_default=True,
    help="What learners can have judged: programs; by hand too, though that computes the answers; or nothing.",
)
@output_format("text", "json")
def command(folder: Path, asked: str | None, judge: Judge, form: str) -> None:
    """Write the learner's course into DIR: without solutions, wrong answers or hidden checks.

    Programs are judged there by what yours give on the cases of one seed, which is recorded: the programs themselves
    are not in it. What that leaves to you is listed.
    """
    from tutor.authoring.release import release
    from tutor.course import load_course

    course = load_course(authors_course(asked))
    with telling("reading the course …") as update:
        released = release(course, folder.resolve(), judge, update)
    if form == "json":
        click.echo(json.dumps([_as_json(one) for one in released], indent=2))
    else:
        print_lines(_line(one) for one in released)
    for one in released:
        if one.tells:
            says = "its questions.py, which learners get, has a line of a solution"
            say(f"Look at {one.exercise.slug}: {says}: {one.tells}")
    say(f"Learners begin with: cnn-tutor --course {relative(folder)} init my-course")


def _line(released: Released) -> str:
    exercise, manifest = released.exercise, released.exercise.manifest
    name = f"{exercise.number} {exercise.slug}  "
    if released.why:
        return f"{name}{manifest.points:g} points by you: {released.why}"
    says = f"{name}{released.points_here:g} of {manifest.points:g} points there"
    if not released.points_elsewhere:
        return says
    hidden = [entry.id for entry in manifest.check if entry.hidden]
    trained = [entry.id for entry in manifest.check if entry.trains and not entry.hidden]
    parts = [f"{what} {', '.join(ids)}" for what, ids in (("hidden", hidden), ("by training", trained)) if ids]
    return f"{says}; {released.points_elsewhere:g} by you: {'; '.join(parts)}"


def _as_json(released: Released) -> dict[str, Any]:
    return {
        "exercise": released.exercise.slug,
        "number": released.exercise.number,
        "checks": released.checks,
        "points": released.points_here,
        "points_elsewhere": released.points_elsewhere,
        "why": released.why,
        "tells": released.tells,
    }
