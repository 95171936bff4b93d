"""The command line as click has it: a group that imports a command when it is asked for."""

from __future__ import annotations

import difflib
import gc
import importlib
import os
import sys

import click

from tutor import __version__
from tutor.cli import COMMANDS, COURSE_VARIABLE, PROGRAM, help_text
from tutor.draw import linear


class LazyGroup(click.Group):
    """Knows its commands by name; the module of one is imported when the command is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"tutor.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for one that does not exist, name the nearest.

        Raises:
            click.UsageError: there is no such command.
        """
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name.lower(), COMMANDS, n=2, cutoff=0.5)
            meant = f"Did you mean {' or '.join(near)}?" if near else f"{PROGRAM} --help shows them all."
            ctx.fail(f"there is no command '{name}'. {meant}")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The help, which does not need click."""
        formatter.write(help_text(formatter.width) + "\n")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[click.shell_completion.CompletionItem]:
        """Commands by name, with what they do; none of them is imported for it."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=says) for name, says in COMMANDS.items() if name.startswith(incomplete)]


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM)
@click.option("--course", metavar="NAME|DIR", help="Another course: an installed pack, or a folder.")
@click.option("--data", metavar="DIR", help="MNIST for the lab: a folder, or 'synthetic'. By default it is downloaded.")
@click.option("--no-animation", is_flag=True, help="Nothing in the app moves by itself.")
@click.option("--plain", is_flag=True, help="A conversation in plain lines, for a screen reader say.")
@click.pass_context
def cli(context: click.Context, course: str | None, data: str | None, *, no_animation: bool, plain: bool) -> int:
    """Learn how a convolutional network works by doing it."""
    if plain:
        os.environ[linear.VARIABLE] = "1"
    if course is not None:
        # A process that a command starts, a session of `serve` say, is about the same course, wherever it runs.
        # A folder that is no course may have the name of a pack: that of the package which the pack is made from, say.
        is_folder = os.sep in course or os.path.isfile(os.path.join(course, "exercises", "course.toml"))  # noqa: PTH113, PTH118
        os.environ[COURSE_VARIABLE] = os.path.abspath(course) if is_folder else course  # noqa: PTH100
    if context.invoked_subcommand is not None:
        if data is not None:
            raise click.UsageError(
                f"--data goes behind the command: cnn-tutor {context.invoked_subcommand} … --data {data}"
            )
        return 0
    from pathlib import Path

    from tutor.commands.common import the_course
    from tutor.errors import UsageError

    is_dumb = os.environ.get("TERM", "dumb") == "dumb"
    if linear.is_wanted() or (is_dumb and sys.stdin.isatty() and sys.stdout.isatty()):
        from tutor.plain.conversation import converse

        os.environ[linear.VARIABLE] = "1"
        return converse(the_course(), Path.cwd(), data)
    if not sys.stdout.isatty() or is_dumb:
        raise UsageError("the app needs a terminal", "Every command works without one: cnn-tutor --help")
    # Until its first screen stands: looking for garbage among what is only being made takes a tenth of the time.
    gc.disable()
    # A key is drawn at the next of so many ticks a second: with Textual's own 60 it would wait up to 17 ms for it.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from tutor.app.app import TutorApp

    app = TutorApp(the_course(), Path.cwd(), data, animation=not no_animation)
    status = app.run()
    if app.fault is not None:
        raise app.fault
    return status or 0
