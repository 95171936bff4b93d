"""The server: pages, WebSockets, and behind each WebSocket a process with the app."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from tutor.serve.door import is_known_host, is_own_origin

if TYPE_CHECKING:
    import socket
    from asyncio.subprocess import Process

    from aiohttp.typedefs import Handler

PAGES = Path(__file__).parent / "pages"
PATIENCE_S = 5.0
"""How long a session may take to end before it is killed."""


@dataclass(frozen=True)
class Place:
    """What is served, and where.

    Attributes:
        folder: the workspace, or where one may be made.
        data: what the lab's field for the data holds at first.
        site: the address without the secret.
        secret: the part of the address that nobody can guess.
    """

    folder: Path
    data: str | None
    site: str
    secret: str

    @classmethod
    def at(cls, site: str, folder: Path, data: str | None) -> Place:
        """A place with a secret of its own."""
        return cls(folder, data, site.rstrip("/"), secrets.token_urlsafe(16))

    @property
    def url(self) -> str:
        """What to open in a browser."""
        return f"{self.site}/{self.secret}/"


class Session(AppService):
    """A tab's process."""

    def __init__(self, place: Place, browser: web.WebSocketResponse, server: Server) -> None:
        super().__init__(
            "",
            write_bytes=browser.send_bytes,
            write_str=browser.send_str,
            close=browser.close,  # type: ignore[arg-type]  # nobody looks at what it returns
            download_manager=server.download_manager,
        )
        self._place = place

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return super()._build_environment(width, height) | {"TEXTUAL_DRIVER": "tutor.serve.driver:Driver"}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        place, pipe = self._place, asyncio.subprocess.PIPE
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tutor.serve.session", str(place.folder)),
            *([] if place.data is None else [place.data]),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=self._build_environment(width, height),
            # The terminal's ctrl+c is for the server, which then asks each session to leave.
            start_new_session=True,
        )
        assert process.stdin is not None
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Pass on what the app draws; when it has ended, however it did, tell the browser."""
        await super().run()
        await self.remote_close()

    async def stop(self) -> None:
        """Ask the app to leave, and wait until it has."""
        impatience = asyncio.get_running_loop().call_later(PATIENCE_S, self._kill)
        try:
            await super().stop()
            if self._process is not None:
                # Where the browser vanished, nobody has read what the app still draws, and a full pipe holds it up.
                await self._process.communicate()
        finally:
            impatience.cancel()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


class TutorServer(Server):
    """textual-serve's server, behind a door, and with pages that need nothing from elsewhere."""

    def __init__(self, place: Place) -> None:
        super().__init__("", title="cnn-tutor", public_url=place.site, templates_path=PAGES)
        self._place = place
        self._browsers: set[web.WebSocketResponse] = set()

    async def run(self, listening: socket.socket) -> None:
        """Serve until the task is cancelled, or the process is asked to end."""
        runner = web.AppRunner(await self._make_app(), access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            await _asked_to_end()
        finally:
            await runner.cleanup()

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._door])
        app.add_subapp(f"/{self._place.secret}", await super()._make_app())
        # textual-serve's script asks for it here; a download's key is a secret too.
        app.router.add_get("/download/{key}", self.handle_download)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command does."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002
        """End every session; an open WebSocket would hold the server up."""
        await asyncio.gather(*(browser.close(code=WSCloseCode.GOING_AWAY) for browser in self._browsers))

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_known_host(request.host, self._place.site):
            says = (
                f"'{request.host}' is not known here.\nStart cnn-tutor serve with --public-url http://{request.host}\n"
            )
            raise web.HTTPForbidden(text=says)
        try:
            return await handler(request)
        except web.HTTPNotFound:
            raise web.HTTPNotFound(text="Open the whole address that cnn-tutor serve has printed.\n") from None

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a session for as long as the browser stays connected."""
        origin = request.headers.get("Origin")
        if not is_own_origin(origin, request.host, self._place.site):
            raise web.HTTPForbidden(text=f"A page of {origin} may not connect.\n")
        browser = web.WebSocketResponse(heartbeat=15)
        await browser.prepare(request)
        session = Session(self._place, browser, self)
        self._browsers.add(browser)
        try:
            await session.start(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
            await self._process_messages(browser, session)
        finally:
            self._browsers.discard(browser)
            await session.stop()
        return browser


async def _asked_to_end() -> None:
    """Wait for SIGTERM, or for SIGHUP, which a closed terminal sends; ctrl+c cancels the task."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
