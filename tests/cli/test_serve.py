"""The app in a browser: what a browser is given, who is let in, and how it ends."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from asyncio import timeout
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest

from tutor.course import builtin_course, load_course
from tutor.serve.door import is_known_host, is_own_origin
from tutor.workspace import make_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LIST, FIRST_EXERCISE = "Output shape of a convolution", "Question 1"
CTRL_G, CTRL_Q, CTRL_S, CTRL_Z, ENTER, F1 = "\x07", "\x11", "\x13", "\x1a", "\r", "\x1bOP"
SECONDS = 30.0


class Served:
    """A server that runs, and the address that it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.url = process.stdout.readline().strip()
        self.here = self.url.removesuffix(urlsplit(self.url).path)

    def sessions(self) -> list[int]:
        """The processes behind its tabs."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


class Tab:
    """What a browser's tab does: it takes in what is drawn, and sends keys."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def wait_for(self, text: str) -> None:
        """Take in until a text is drawn."""
        drawn = b""
        try:
            async with timeout(SECONDS):
                while text not in ESCAPES.sub("", drawn.decode(errors="replace")):
                    message = await self.socket.receive()
                    assert message.type == aiohttp.WSMsgType.BINARY, message
                    drawn += message.data
        except TimeoutError:
            pytest.fail(f"'{text}' did not come:\n{ESCAPES.sub('', drawn.decode(errors='replace'))}")

    async def press(self, keys: str) -> None:
        """Keys go to a page that one has clicked on."""
        await self.socket.send_str(json.dumps(["focus"]))
        await self.socket.send_str(json.dumps(["stdin", keys]))

    async def end(self) -> int | None:
        """Take in until the server closes; says with which code."""
        async with timeout(SECONDS):
            while (await self.socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                pass
        return self.socket.close_code


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "serve", "--port", "0", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    make_workspace(root, load_course(builtin_course()), "ada")
    return root


@pytest.fixture(scope="module")
def served(workspace: Path) -> Iterator[Served]:
    with serving(workspace) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def open_tab(client: aiohttp.ClientSession, served: Served, **headers: str) -> Tab:
    headers = {"Origin": served.here, **headers}
    return Tab(await client.ws_connect(f"{served.url}ws?width=120&height=40", headers=headers))


@contextmanager
def ends(pid: int) -> Iterator[None]:
    """What is done inside ends a process, which is not our child."""
    process = os.pidfd_open(pid)
    try:
        yield
        assert select.select([process], [], [], SECONDS)[0], "it does not end"
    except BaseException:
        signal.pidfd_send_signal(process, signal.SIGKILL)
        raise
    finally:
        os.close(process)


async def test_a_page_loads_nothing_from_elsewhere(served: Served, client: aiohttp.ClientSession) -> None:
    async with client.get(served.url) as answer:
        page = await answer.text()
    assert "//" not in re.sub(r"// .*", "", page)
    loaded = re.findall(r'(?:href|src|url)(?:=|\()"([^"]+)"', page)
    assert len(loaded) >= 4
    for reference in loaded:
        if not reference.startswith("data:"):
            async with client.get(served.url + reference) as answer:
                assert answer.status == 200, reference


async def test_the_whole_way_to_a_verdict(served: Served, client: aiohttp.ClientSession) -> None:
    tab = await open_tab(client, served)
    await tab.wait_for(LIST)
    await tab.press(ENTER)
    await tab.wait_for(FIRST_EXERCISE)
    await tab.wait_for("Read the lesson")
    await tab.press("3")
    await tab.wait_for("unsaved")
    await tab.press(CTRL_S)
    await tab.wait_for("Not yet")
    await tab.press(CTRL_Q)
    assert await tab.end() == aiohttp.WSCloseCode.OK


async def test_keys_that_need_a_terminal_do_no_harm(
    workspace: Path, tmp_path: Path, client: aiohttp.ClientSession
) -> None:
    called = tmp_path / "called"
    with serving(workspace, VISUAL=f"touch {called}") as server:
        tab = await open_tab(client, server)
        await tab.wait_for(LIST)
        await tab.press(CTRL_Z + ENTER)
        await tab.wait_for(FIRST_EXERCISE)
        await tab.press(CTRL_G + F1)
        await tab.wait_for("Every key of this place")
    assert not called.exists()


async def test_a_tab_that_ends_leaves_the_other(served: Served, client: aiohttp.ClientSession) -> None:
    one, other = [await open_tab(client, served) for _ in range(2)]
    await one.wait_for(LIST)
    await other.wait_for(LIST)
    await one.press(CTRL_Q)
    await one.end()
    await other.press(ENTER)
    await other.wait_for(FIRST_EXERCISE)


@pytest.mark.parametrize("vanishes", [False, True])
async def test_a_session_ends_with_its_tab(vanishes: bool, served: Served, client: aiohttp.ClientSession) -> None:
    before = set(served.sessions())
    tab = await open_tab(client, served)
    await tab.wait_for(LIST)
    (session,) = set(served.sessions()) - before
    with ends(session):
        if vanishes:
            tab.socket.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        else:
            await tab.socket.close()


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", ""])
async def test_pages_of_others_are_refused(origin: str, served: Served, client: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await open_tab(client, served, Origin=origin)


async def test_a_name_that_leads_here_is_refused(served: Served, client: aiohttp.ClientSession) -> None:
    rebound = "evil.example:8000"
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await open_tab(client, served, Host=rebound, Origin=f"http://{rebound}")
    async with client.get(served.url, headers={"Host": rebound}) as answer:
        assert (answer.status, "--public-url" in await answer.text()) == (403, True)


async def test_the_secret_is_asked_for(served: Served, client: aiohttp.ClientSession) -> None:
    for path in ("/", "/ws", "/guessed/", "/guessed/ws", "/static/js/textual.js"):
        async with client.get(served.here + path, headers={"Origin": served.here}) as answer:
            assert (answer.status, "whole address" in await answer.text()) == (404, True), path


@pytest.mark.parametrize(
    ("host", "known"),
    [("127.0.0.1:8000", True), ("[::1]:8000", True), ("192.168.1.7", True), ("localhost:9000", True),
     ("tutor.example.org", True), ("TUTOR.example.org:443", True), ("evil.example", False),
     ("localhost.evil.example", False), ("127.0.0.1.evil.example:8000", False), ("", False), ("[", False)],
)  # fmt: skip
def test_which_hosts_are_known(host: str, known: bool) -> None:
    assert is_known_host(host, "https://tutor.example.org") is known


@pytest.mark.parametrize(
    ("origin", "own"),
    [("http://127.0.0.1:8000", True), ("https://tutor.example.org", True), ("http://127.0.0.1:8001", False),
     ("https://tutor.example.org.evil.example", False), ("null", False), ("", False), ("http://[", False),
     (None, False)],
)  # fmt: skip
def test_which_origins_are_our_own(origin: str | None, own: bool) -> None:
    assert is_own_origin(origin, "127.0.0.1:8000", "https://tutor.example.org/behind/a/proxy") is own


async def test_a_proxy_is_let_in_under_its_address(workspace: Path, client: aiohttp.ClientSession) -> None:
    public = "https://tutor.example.org"
    with serving(workspace, "--public-url", f"{public}/ada/") as server:
        assert re.fullmatch(rf"{public}/ada/[\w-]{{20,}}/", server.url)
        assert server.process.stderr is not None
        (inside,) = re.findall(r"http://\S+:\d+", server.process.stderr.readline())
        path = urlsplit(server.url).path.removeprefix("/ada")
        for host in (urlsplit(inside).netloc, urlsplit(public).netloc):
            async with client.ws_connect(f"{inside}{path}ws", headers={"Origin": public, "Host": host}) as socket:
                await Tab(socket).wait_for(LIST)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)])
async def test_it_ends_with_every_session(
    number: signal.Signals, status: int, workspace: Path, client: aiohttp.ClientSession
) -> None:
    with serving(workspace) as server:
        tab = await open_tab(client, server)
        await tab.wait_for(LIST)
        (session,) = server.sessions()
        with ends(session):
            server.process.send_signal(number)
            assert await tab.end() == aiohttp.WSCloseCode.GOING_AWAY
            said = server.process.communicate(timeout=SECONDS)[1]
            assert (server.process.returncode, "Traceback" in said) == (status, False)


async def test_no_session_outlives_a_server_that_was_killed(workspace: Path, client: aiohttp.ClientSession) -> None:
    with serving(workspace) as server:
        tab = await open_tab(client, server)
        await tab.wait_for(LIST)
        (session,) = server.sessions()
        with ends(session):
            server.process.kill()


async def test_a_session_that_does_not_leave_is_killed(workspace: Path, client: aiohttp.ClientSession) -> None:
    with serving(workspace) as server:
        tab = await open_tab(client, server)
        await tab.wait_for(LIST)
        (session,) = server.sessions()
        with ends(session):
            os.kill(session, signal.SIGSTOP)
            server.process.terminate()
            await tab.end()
            assert server.process.wait(SECONDS) == 0


async def test_the_lab_is_told_of_the_data(workspace: Path, client: aiohttp.ClientSession) -> None:
    with serving(workspace, "--data", "drawn-by-nobody") as server:
        tab = await open_tab(client, server)
        await tab.wait_for(LIST)
        await tab.press("t")
        await tab.wait_for("drawn-by-nobody")


async def test_where_there_is_no_workspace_it_begins_with_the_welcome(
    tmp_path_factory: pytest.TempPathFactory, client: aiohttp.ClientSession
) -> None:
    short = tmp_path_factory.mktemp("s")  # it has to fit into a line
    (short / "later").mkdir()
    with serving(short, "later") as server:
        tab = await open_tab(client, server)
        await tab.wait_for(str(short / "later"))


def test_a_taken_port_is_said(workspace: Path, cnn_tutor: Run) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        done = cnn_tutor("serve", "--port", str(port), cwd=workspace)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"cnn-tutor: port {port} is taken",
        "Choose another with --port, or any free one with --port 0.",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "nowhere.invalid"], "there is no host 'nowhere.invalid'"),
        (["--host", "192.0.2.1"], "this machine has no address 192.0.2.1"),
        (["--public-url", "tutor.example.org"], "'tutor.example.org' is no address"),
        (["--public-url", "http://["], "'http://[' is no address"),
        (["nowhere"], "'nowhere' does not exist"),
    ],
)
def test_what_cannot_be_served_is_said(arguments: list[str], says: str, workspace: Path, cnn_tutor: Run) -> None:
    done = cnn_tutor("serve", "--port", "0", *arguments, cwd=workspace)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_others_that_can_reach_it_are_warned_of(host: str, warned: bool, workspace: Path) -> None:
    with serving(workspace, "--host", host) as server:
        server.process.terminate()
        said = server.process.communicate(timeout=SECONDS)[1]
    assert ("run programs as you" in said) is warned


def test_a_workspace_that_cannot_be_read_is_said_at_once(tmp_path: Path, cnn_tutor: Run) -> None:
    workspace, _ = make_workspace(tmp_path, load_course(builtin_course()), "ada")
    with closing(sqlite3.connect(workspace.progress_path)) as database:
        database.execute("PRAGMA user_version = 99")
    done = cnn_tutor("serve", "--port", "0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("missing", ["textual_serve", "aiohttp"])
def test_without_the_extra_it_says_how_to_get_it(missing: str, workspace: Path) -> None:
    code = f"import sys; sys.modules['{missing}'] = None; from tutor.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "serve"], cwd=workspace, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "python -m pip install 'cnn-tutor[serve]'" in done.stderr
