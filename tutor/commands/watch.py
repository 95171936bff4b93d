"""``cnn-tutor watch``."""

from __future__ import annotations

import click

from tutor.commands.common import (
    console,
    engine_for,
    no_daemon_option,
    not_passed,
    one_exercise,
    say,
    selectors,
    the_course,
    the_workspace,
)


@click.command("watch")
@selectors(required=False)
@no_daemon_option()
def command(selectors: tuple[str, ...], no_daemon: bool) -> None:
    """Check an exercise whenever you save it, by default the first that you have not passed.

    Keys: n next, p previous, h hint, l list, c check all, x reset, r run again, ? help, q quit.
    """
    course, workspace = the_course(), the_workspace()
    exercise = one_exercise(course, selectors) if selectors else not_passed(course, workspace) or course.exercises[0]
    with engine_for(course, shared=not no_daemon) as engine:
        # What is drawn with takes as long to import as an engine that is warm takes to judge.
        from tutor.watch.session import Watch

        stood_at = Watch(course, workspace, engine, exercise, console()).run()
    say(f"To go on: cnn-tutor watch {stood_at.number}")
