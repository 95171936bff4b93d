"""``cnn-tutor update``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.commands.common import relative, say, the_course, the_workspace

if TYPE_CHECKING:
    from tutor.update import Change

WORDS = {
    "new": "new",
    "again": "was missing, is laid down again",
    "updated": "updated; you had not changed it",
    "kept": "kept as you have it",
}


@click.command("update")
def command() -> None:
    """Bring new exercises, and new versions of old ones, into your folder.

    A file that you have not changed is replaced. One that you have changed is kept, and the new version is laid down
    beside it as NAME.new. A file that is missing is laid down again. Nothing is asked, and nothing of yours is
    overwritten.
    """
    from tutor.update import update

    course, workspace = the_course(), the_workspace()
    changes = 0
    for change in update(workspace, course):
        click.echo(f"{relative(change.path)}: {_in_words(change)}")
        changes += 1
    say("Everything is up to date." if changes == 0 else f"{changes} file{'s' if changes > 1 else ''} looked after.")


def _in_words(change: Change) -> str:
    beside = f"; the new version is {relative(change.beside)}" if change.beside else ""
    return WORDS[change.done] + beside
