"""``cnn-tutor serve``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from tutor.commands.common import say, the_course
from tutor.errors import NoWorkspace, UsageError

EXTRA = ("textual_serve", "aiohttp")
USE = (
    "Open the address below in a browser; ctrl+c here ends it. ctrl+n, ctrl+t and ctrl+w are the browser's own there: "
    "another variant is a click on the bottom line, or in ctrl+p. ctrl+shift+v pastes. ctrl+g opens no editor; a file "
    "that is saved in one is checked all the same."
)
OPEN_TO_OTHERS = (
    "Warning: other machines can reach this. Whoever has the address can write your files and run programs as you, and "
    "nothing is encrypted on the way. Safer: without --host, through an ssh tunnel or a proxy with https."
)


def _as_url(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        given = urlsplit(value)
        is_url = given.scheme in ("http", "https") and bool(given.hostname) and not given.query and not given.fragment
    except ValueError:
        is_url = False
    if not is_url:
        raise click.BadParameter(f"'{value}' is no address such as https://tutor.example.org", context, parameter)
    return value


@click.command("serve")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address; 0.0.0.0 is all.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option(
    "--public-url", metavar="URL", callback=_as_url, help="Where a browser finds it, behind a proxy or under a name."
)
@click.option("--data", metavar="DIR", help="MNIST for the lab: a folder, or 'synthetic'. By default it is downloaded.")
def command(folder: Path, host: str, port: int, public_url: str | None, data: str | None) -> None:
    """Serve the app of DIR, by default of this folder, to a browser.

    The address is printed; it holds a secret, since whoever has it works as you do. Ctrl-C ends it.
    """
    import asyncio
    import sys
    from contextlib import redirect_stdout, suppress

    from tutor.serve.address import is_for_this_machine_alone, listen, url_of
    from tutor.workspace import find_workspace

    try:
        from tutor.serve.server import Place, TutorServer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        says = "a browser can be served only with textual-serve, which is not installed"
        raise UsageError(says, "To install it: python -m pip install 'cnn-tutor[serve]'") from None
    # What keeps every session from starting is said once, here.
    the_course(folder.resolve())
    with suppress(NoWorkspace):
        find_workspace(folder.resolve()).progress().close()
    with listen(host, port) as listening:
        place = Place.at(public_url or url_of(listening), folder.resolve(), data)
        if public_url is not None:
            say(f"Here it listens on {url_of(listening)}.")
        say(USE)
        if not is_for_this_machine_alone(listening):
            say(OPEN_TO_OTHERS)
        click.echo(place.url)
        # What a session says on its stderr comes out of stdout otherwise.
        with redirect_stdout(sys.stderr):
            asyncio.run(TutorServer(place).run(listening))
