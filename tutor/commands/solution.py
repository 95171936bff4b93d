"""``cnn-tutor solution``."""

from __future__ import annotations

import click

from tutor.commands.common import (
    EXIT_NOT_PASSED,
    console,
    one_exercise,
    print_markdown,
    say,
    selectors,
    the_course,
    the_workspace,
)
from tutor.draw.engine_words import NO_SOLUTIONS


@click.command("solution")
@selectors()
@click.option("--give-up", is_flag=True, help="Show it although you have not passed.")
def command(selectors: tuple[str, ...], give_up: bool) -> int:
    """Show the reference solution and its explanation, once you have passed."""
    workspace = the_workspace()
    exercise = one_exercise(the_course(), selectors)
    if not exercise.has_solution:
        say(NO_SOLUTIONS)
        return EXIT_NOT_PASSED
    with workspace.progress() as progress:
        standing = progress.standings().get(exercise.slug)
    if not give_up and not (standing and standing.passed):
        say(f"Exercise {exercise.number} is not passed yet. A hint: cnn-tutor hint {exercise.number}")
        say(f"The solution all the same: cnn-tutor solution {exercise.number} --give-up")
        return EXIT_NOT_PASSED
    from rich.syntax import Syntax

    code = Syntax("", "python", background_color="default").highlight(exercise.reference(workspace.learner))
    # Not a line break is put into it: what is copied out, or comes through a pipe, has to be Python still.
    console().print(code, soft_wrap=True)
    print_markdown(exercise.explanation())
    return 0
