"""``cnn-tutor new``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tutor.authoring.new import Kind


@click.command("new")
@click.argument("slug")
@click.option("--kind", type=click.Choice(["implement", "compute"]), default="implement", show_default=True)
@click.option(
    "--course",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    metavar="DIR",
    help="The course's folder, with exercises/ and solutions/; by default here. Where there is none it is begun.",
)
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="By default the next that is free.")
@click.option("--part", type=click.IntRange(min=1), metavar="N", help="By default the course's last.")
@click.option("--title", default="", metavar="TEXT", help="By default the slug.")
def command(slug: str, kind: Kind, folder: Path, number: int | None, part: int | None, title: str) -> None:
    """Lay down an exercise to be edited.

    It is small but whole, so that `cnn-tutor verify` proves it as it is. Nothing is ever overwritten.
    """
    from tutor.authoring.new import Wish, lay_down

    done = lay_down(folder.resolve(), Wish(slug, kind, number, part, title))
    for path in done.files:
        click.echo(os.path.relpath(path))
    if done.course_is_new:
        click.echo("A course of its own was begun: give it a title and words of welcome in course.toml.", err=True)
    click.echo("Prove it as it is, then edit and prove again:", err=True)
    here = folder.resolve() == Path.cwd()
    click.echo(f"    cnn-tutor verify {slug}{'' if here else f' --course {folder}'}", err=True)
