"""``cnn-tutor engine``: the engine that stays up for a while after a command, so that the next need not wait for it."""

from __future__ import annotations

import click

EXIT_NONE = 1


@click.group("engine")
def command() -> None:
    """See or stop the engine that stays up between commands.

    It ends by itself after some minutes of rest. CNN_TUTOR_NO_DAEMON=1 gives every command one of its own instead.
    """


@command.command("status")
def status() -> int:
    """Show the engines that are up: process, course, and what they have done."""
    from tutor.engine.daemon import shared_engine_status

    engines = shared_engine_status()
    if not engines:
        click.echo("No engine is up.", err=True)
    for engine in engines:
        if engine.answers:
            doing = "judging now" if engine.is_busy else "idle"
            click.echo(
                f"{engine.pid}  {doing}, up for {engine.up_s:.0f} s, {engine.judged} judged, "
                f"{engine.faces} connected  {engine.course}"
            )
        else:
            click.echo(f"{engine.pid}  does not answer; to end it: cnn-tutor engine stop")
    return 0 if engines else EXIT_NONE


@command.command("stop")
def stop() -> int:
    """Stop all of them; a check that one of them judges is cut off."""
    from tutor.engine.daemon import stop_shared_engine

    stopped = stop_shared_engine()
    click.echo("No engine was up." if not stopped else f"Stopped {stopped}.", err=True)
    return 0
