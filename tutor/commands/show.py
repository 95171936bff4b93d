"""``cnn-tutor show``."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from tutor.commands.common import complete_exercise, console, one_exercise, the_course
from tutor.draw import linear
from tutor.draw.linear.signs import spoken
from tutor.errors import UsageError
from tutor.pictures import KINDS, pictures_for, read_words


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A picture's name, and after it its settings; or an exercise."""
    before = context.params.get("words") or ()
    if before and before[0] in KINDS:
        settings = KINDS[before[0]].settings
        return [CompletionItem(f"{one.name}=", help=one.says) for one in settings if one.name.startswith(incomplete)]
    kinds = [CompletionItem(name, help=kind.says) for name, kind in KINDS.items() if name.startswith(incomplete)]
    return kinds + complete_exercise(context, parameter, incomplete)


@click.command("show")
@click.argument("words", nargs=-1, metavar="[PICTURE [SETTING=VALUE...] | exercise SELECTOR]", shell_complete=_complete)
@click.option("--step", type=click.IntRange(min=1), metavar="N", help="Show this step alone.")
@click.option("--words", "only_words", is_flag=True, help="Say each step in words, without a drawing.")
def command(words: tuple[str, ...], step: int | None, only_words: bool) -> None:
    """Show how something works, step by step, for sizes of your own; in the app it moves.

    Without a name: which pictures there are, and what can be set. With an exercise: the pictures that go with it.
    """
    out = console()
    if not words:
        for kind in KINDS.values():
            out.print(kind.name, style="bold")
            out.print(f"  {kind.says}.")
            for setting in kind.settings:
                out.print(f"    {setting.name}={setting.default}", f"  {setting.says}", sep="", markup=False)
        return
    if words[0] in KINDS or "=" in " ".join(words):
        asked = [read_words(words)]
    else:
        exercise = one_exercise(the_course(), words)
        asked = [*pictures_for(exercise.manifest.pictures)]
        if not asked:
            raise UsageError(f"exercise {exercise.number} has no picture", "cnn-tutor show lists them all.")
    for kind, typed in asked:
        picture = kind.picture(typed)
        frames = [*enumerate(picture.frames, start=1)]
        if step is not None and step > len(frames):
            raise UsageError(f"the picture has {len(frames)} steps", f"For example: --step {len(frames)}")
        as_shown = spoken if linear.is_wanted() else str
        out.print(as_shown(picture.title), style="bold", markup=False)
        for number, frame in frames if step is None else [frames[step - 1]]:
            out.print(f"\nStep {number} of {len(frames)}", style="dim")
            if not (only_words or linear.is_wanted()):
                out.print(frame)
            out.print(as_shown(frame.says), markup=False)
