"""``cnn-tutor reset``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.cli import terminal_columns
from tutor.commands.common import one_exercise, relative, say, selectors, the_course, the_workspace
from tutor.draw.moment import moment
from tutor.draw.plain import without_controls
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.progress import KeptText
    from tutor.workspace import Workspace


@click.command("reset")
@selectors()
@click.option("--undo", is_flag=True, help="Bring back the text of yours that was replaced last; again, and they swap.")
@click.option("--texts", "listing", is_flag=True, help="List all your texts that were ever replaced.")
@click.option("--text", "number", type=click.IntRange(min=1), metavar="N", help="Bring back number N of that list.")
def command(selectors: tuple[str, ...], undo: bool, listing: bool, number: int | None) -> None:
    """Put the starter back. Your text is kept, and --undo brings it back.

    No text of yours is ever dropped: whatever one of these replaces is kept as well.
    """
    if undo + listing + (number is not None) > 1:
        raise UsageError("--undo, --texts and --text N go one at a time", "cnn-tutor reset --help says what each does.")
    workspace = the_workspace()
    exercise = one_exercise(the_course(), selectors)
    if listing:
        _list_texts(workspace, exercise)
    elif undo:
        _bring_back(workspace, exercise, _replaced_last(workspace, exercise))
    elif number is not None:
        _bring_back(workspace, exercise, _by_number(workspace, exercise, number))
    else:
        _put_starter_back(workspace, exercise)


def _put_starter_back(workspace: Workspace, exercise: Exercise) -> None:
    starter, before = exercise.starter(workspace.learner), workspace.text_there(exercise)
    undo = f"cnn-tutor reset {exercise.number} --undo"
    if before == starter:
        say("It is the starter already.")
    elif workspace.replace_text(exercise, starter):
        click.echo(relative(workspace.path(exercise)))
        say(f"The starter is back. Your text is kept: {undo}")
        return
    else:
        click.echo(relative(workspace.path(exercise)))
        say("The starter is back." if before is not None else "There was no file; the starter is laid down.")
    if workspace.kept_texts(exercise):
        say(f"Your text from before: {undo}")


def _bring_back(workspace: Workspace, exercise: Exercise, text: str) -> None:
    if text == workspace.text_there(exercise):
        say("That is the text that is there already.")
        return
    keeps = workspace.replace_text(exercise, text)
    click.echo(relative(workspace.path(exercise)))
    say("Your text is back.")
    if keeps:
        say(f"The one that was there is kept: cnn-tutor reset {exercise.number} --undo swaps them.")


def _replaced_last(workspace: Workspace, exercise: Exercise) -> str:
    """The text that --undo means: of those that are not in the file now, the one that was replaced last.

    Raises:
        UsageError: there is none.
    """
    kept, now = workspace.kept_texts(exercise), workspace.text_there(exercise)
    if not kept:
        raise UsageError(f"no text of exercise {exercise.number} was ever replaced")
    others = [one for one in kept if one.text != now]
    if not others:
        raise UsageError(f"your text is back already, and no other one of exercise {exercise.number} was ever replaced")
    return max(others, key=lambda one: one.turn).text


def _by_number(workspace: Workspace, exercise: Exercise, number: int) -> str:
    kept = workspace.kept_texts(exercise)
    if number > len(kept):
        raise UsageError(
            f"no text {number} of exercise {exercise.number} is kept",
            f"cnn-tutor reset {exercise.number} --texts lists them.",
        )
    return kept[number - 1].text


def _list_texts(workspace: Workspace, exercise: Exercise) -> None:
    starter, now = exercise.starter(workspace.learner), workspace.text_there(exercise)
    kept = workspace.kept_texts(exercise)
    columns = terminal_columns()
    for number, one in enumerate(kept, start=1):
        head = f"{number:>3}  {_described(one)}"
        known_by = "is in the file now" if one.text == now else _own_line(one.text, starter)
        if len(head) > columns // 2:
            click.echo(head)
            head = "   "
        click.echo(f"{head}  {known_by}"[:columns].rstrip())
    if kept:
        say(f"To bring one back: cnn-tutor reset {exercise.number} --text N")
    else:
        say(f"No text of exercise {exercise.number} was ever replaced.")


def _described(kept: KeptText) -> str:
    """When it was replaced, and how long it is."""
    count = len(kept.text.splitlines())
    return f"{moment(kept.at)}  {f'{count} lines' if count != 1 else '1 line':>9}"


def _own_line(text: str, starter: str) -> str:
    """The first line that is the learner's own, to know the text by."""
    given = set(starter.splitlines())
    lines = without_controls(text).splitlines()
    return next((line.strip() for line in lines if line.strip() and line not in given), "")
