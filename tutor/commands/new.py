"""``cnn-tutor new``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.authoring.new import Kind


@click.command("new")
@click.argument("slug", required=False, metavar="SLUG")
@click.option(
    "--kind",
    type=click.Choice(["implement", "compute", "train"]),
    default="implement",
    show_default=True,
    help="A program, numbers by hand, or (begun as a program) a network that is trained.",
)
@click.option(
    "--course",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The course's folder, with exercises/ and solutions/; by default here. Where there is none it is begun.",
)
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="By default the next that is free.")
@click.option("--part", type=click.IntRange(min=1), metavar="N", help="By default the course's last.")
@click.option("--title", default="", metavar="TEXT", help="By default the slug.")
@click.option("--pack", metavar="NAME", help="Lay down a package with a course instead, in the folder SLUG or NAME.")
def command(
    slug: str | None,
    kind: Kind | Literal["train"],
    folder: Path | None,
    number: int | None,
    part: int | None,
    title: str,
    pack: str | None,
) -> None:
    """Lay down an exercise to be edited.

    It is small but whole, so that `cnn-tutor verify` proves it as it is. Nothing is ever overwritten.

    With --pack NAME [DIR] a Python package around a course is laid down, to be installed with pip and opened by NAME.
    """
    from tutor.authoring.new import Wish, lay_down

    if pack is not None:
        if (folder, number, part, title) != (None, None, None, ""):
            raise UsageError("--pack goes with a folder alone", f"For example: cnn-tutor new --pack {pack} {pack}")
        _lay_down_pack(pack, Path(slug or pack))
        return
    if slug is None:
        raise UsageError("the exercise has no name", "For example: cnn-tutor new max-pool2d")
    if kind == "train":
        raise UsageError(
            "an exercise that trains is not laid down whole: what its network has to reach is yours to measure first",
            f"Begin with a program, cnn-tutor new {slug}, prove it, and then add checks with `trains = true` as "
            'CONTRIBUTING.md has it under "Checks that train".',
        )
    folder = folder or Path()
    done = lay_down(folder.resolve(), Wish(slug, kind, number, part, title))
    for path in done.files:
        click.echo(os.path.relpath(path))
    if done.course_is_new:
        click.echo("A course of its own was begun: give it a title and words of welcome in course.toml.", err=True)
    click.echo("Prove it as it is, then edit and prove again:", err=True)
    here = folder.resolve() == Path.cwd()
    click.echo(f"    cnn-tutor verify {slug}{'' if here else f' --course {folder}'}", err=True)


def _lay_down_pack(name: str, folder: Path) -> None:
    from tutor.authoring.new_pack import lay_down_pack

    for path in lay_down_pack(folder.resolve(), name):
        click.echo(os.path.relpath(path))
    click.echo("Prove it as it is, then install it and open it by its name:", err=True)
    click.echo(f"    cnn-tutor verify --course {folder / name.replace('-', '_').replace('.', '_')}", err=True)
    click.echo(f"    python -m pip install -e {folder} && cnn-tutor --course {name} init my-course", err=True)
