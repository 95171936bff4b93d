"""The engine that all of a user's commands share: found, started, waited for, left, stopped."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tutor.commands.engine import command
from tutor.course import CourseLocation
from tutor.engine import daemon
from tutor.engine.client import Cancelled, EngineClient
from tutor.engine.link import Link
from tutor.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tutor.course import Course
    from tutor.verdict import Verdict

TIMEOUT_S = 30
RIGHT = "def scale(x, factor):\n    return x * factor"
ENDLESS = "def scale(x, factor):\n    while True: pass"
CLIENT = """
import sys
from pathlib import Path
from tutor.course import CourseLocation, load_course
from tutor.engine.client import EngineClient

course = load_course(CourseLocation(Path(sys.argv[1]), Path(sys.argv[2])))
with EngineClient(course.location, shared=True) as engine:
    print(engine.check(course.find("scale"), sys.argv[3], learner="ada", seed=1).verdict)
"""


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the engines of these tests lie, away from the user's own; none is left at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        patch.delenv(daemon.NO_DAEMON, raising=False)
        found = daemon.shared_folder()
        assert found is not None
        yield found
        daemon.stop_shared_engine()
        assert daemon.shared_engine_status() == ()


@pytest.fixture
def fresh(folder: Path) -> None:
    """No engine is up when the test begins."""
    daemon.stop_shared_engine()
    assert [path.name for path in folder.iterdir()] == ["lock"] or not list(folder.iterdir())


@pytest.fixture
def judge(small_course: Course) -> Callable[..., Verdict]:
    """Judges a submission to `scale`, as one command would."""

    def judge(source: str = RIGHT) -> Verdict:
        with EngineClient(small_course.location, shared=True) as engine:
            return check(engine, small_course, source)

    return judge


def running(other_than: int = 0) -> tuple[int, int]:
    """The pids of a shared engine and of its worker, as soon as there is one."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        for up in daemon.shared_engine_status():
            workers = [worker for server in children(up.pid) for worker in children(server)]
            if workers and up.pid != other_than:
                return up.pid, workers[0]
    raise AssertionError("the submission never ran")


def children(pid: int) -> list[int]:
    try:
        listings = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for listing in listings for child in listing.split()]


def own_engines() -> set[int]:
    """Those that end with this process; other tests may have some too."""
    return {pid for pid in children(os.getpid()) if b"tutor.engine" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def check(engine: EngineClient, course: Course, source: str = RIGHT, started: Event | None = None) -> Verdict:
    tell = None if started is None else lambda _: started.set()
    return engine.check(course.find("scale"), source, learner="ada", seed=1, on_progress=tell)


def client(course: Course, source: str = RIGHT) -> list[str]:
    return [sys.executable, "-c", CLIENT, str(course.location.exercises), str(course.location.solutions), source]


def the_engine() -> daemon.SharedEngine:
    (engine,) = daemon.shared_engine_status()
    return engine


def wait_for_end(pid: int) -> None:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([pidfd], [], [], TIMEOUT_S)[0], f"process {pid} does not end"
    os.close(pidfd)


def test_commands_one_after_the_other_ask_the_same_engine(small_course: Course, judge: Callable[..., Verdict]) -> None:
    assert judge().passed
    before = the_engine()
    assert judge().passed
    after = the_engine()
    assert after.pid == before.pid
    assert after.judged == before.judged + 1
    assert (after.course, after.faces, after.is_busy) == (str(small_course.location.exercises), 0, False)


@pytest.mark.usefixtures("fresh")
def test_commands_at_once_start_one_engine(small_course: Course) -> None:
    clients = [
        subprocess.Popen(client(small_course), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [process.communicate(timeout=TIMEOUT_S) for process in clients] == [("pass\n", "")] * 4
    assert the_engine().judged == 4


@pytest.mark.usefixtures("fresh")
def test_an_engine_keeps_nothing_of_the_command_that_started_it(small_course: Course, tmp_path: Path) -> None:
    kept, end = os.pipe()
    os.set_inheritable(end, True)
    # Returns at the end of its output: at once, though the engine stays.
    done = subprocess.run(
        client(small_course),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
        cwd=tmp_path,
        close_fds=False,
    )
    assert (done.stdout, done.stderr) == ("pass\n", "")
    os.close(end)
    # Nor does it hold a descriptor that the command itself was given.
    assert select.select([kept], [], [], TIMEOUT_S)[0]
    assert os.read(kept, 1) == b""
    os.close(kept)
    pid = the_engine().pid
    assert os.getsid(pid) not in (pid, os.getsid(0))
    proc = Path(f"/proc/{pid}")
    if proc.is_dir():
        assert (proc / "cwd").readlink() == Path("/")
        leads_to = {(proc / "fd" / name).readlink().name.split(":")[0] for name in ("0", "1", "2")}
        assert leads_to == {"null", f"{daemon.fingerprint(small_course.location)}.log"}
        after_the_name = (proc / "stat").read_text().rpartition(")")[2].split()
        assert after_the_name[4] == "0", "it has a terminal"


def test_nobody_else_can_reach_it(folder: Path, judge: Callable[..., Verdict]) -> None:
    assert judge().passed
    assert folder.stat().st_mode & 0o777 == 0o700
    assert the_engine().socket.stat().st_mode & 0o777 == 0o600


def test_another_users_engine_is_not_asked(
    small_course: Course, judge: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judge().passed
    monkeypatch.setattr(daemon, "peer", lambda _: (1, os.geteuid() + 1))
    assert daemon.join(small_course.location) is None
    before = daemon.shared_engine_status()
    assert before == ()


def test_a_face_of_another_user_is_not_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as face:
        listener.bind(str(path))
        listener.listen()
        door = daemon.Door(os.dup(listener.fileno()), path, 60, CourseLocation(tmp_path, tmp_path))
        face.connect(str(path))
        monkeypatch.setattr(daemon, "peer", lambda _: (1, os.geteuid() + 1))
        assert door.accept() is None
        assert face.recv(1) == b""
        door.close()
        assert not path.exists()


@pytest.mark.parametrize("fault", ["open to others", "a link", "a file"])
def test_a_folder_that_others_may_reach_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    there = tmp_path / "cnn-tutor"
    if fault == "open to others":
        there.mkdir()
        there.chmod(0o750)
    elif fault == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        there.symlink_to(tmp_path / "elsewhere")
    else:
        there.write_text("")
    assert daemon.shared_folder() is None
    assert daemon.join(CourseLocation(tmp_path, tmp_path)) is None


def test_a_path_that_is_too_long_for_a_socket_is_not_used(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = tmp_path_factory.mktemp("s")
    long = short / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setenv("TMPDIR", str(short))
    assert daemon.shared_folder() == short / f"cnn-tutor-{os.geteuid()}"


@pytest.mark.parametrize("how", ["the environment", "no folder"])
def test_where_none_can_be_shared_a_command_has_its_own(
    small_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    before, engines = daemon.shared_engine_status(), own_engines()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    if how == "the environment":
        monkeypatch.setenv(daemon.NO_DAEMON, "1")
    else:
        (tmp_path / "cnn-tutor").write_text("")
        monkeypatch.setenv("TMPDIR", str(tmp_path / "cnn-tutor"))
    with EngineClient(small_course.location, shared=True) as engine:
        assert check(engine, small_course).passed
        assert len(own_engines() - engines) == 1
        monkeypatch.undo()
        assert [each.pid for each in daemon.shared_engine_status()] == [each.pid for each in before]
        assert list(tmp_path.glob("cnn-tutor/*")) == []


def test_a_name_stands_for_all_that_an_engine_is_made_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def names() -> Iterator[str]:
        here = CourseLocation(tmp_path / "e", tmp_path / "s")
        yield daemon.fingerprint(here)
        yield daemon.fingerprint(CourseLocation(tmp_path / "e2", tmp_path / "s"))
        for owner, name, value in [
            (daemon, "__version__", "9.9"),
            (sys, "version", "3.99"),
            (sys, "executable", "/elsewhere/python"),
            (sys, "path", [str(tmp_path / "site")]),
        ]:
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, value)
                yield daemon.fingerprint(here)
        monkeypatch.setattr(daemon, "__file__", str(package / "engine" / "daemon.py"))
        yield daemon.fingerprint(here)
        (package / "checks" / "check.py").write_text("changed")
        yield daemon.fingerprint(here)
        (package / "checks" / "deeper").mkdir()
        (package / "checks" / "deeper" / "another.py").write_text("")
        yield daemon.fingerprint(here)
        (package / "top.py").write_text("")
        yield daemon.fingerprint(here)
        monkeypatch.setenv("TMPDIR", "/elsewhere")
        yield daemon.fingerprint(here)

    package = tmp_path / "tutor"
    for name in daemon.ENGINE_FOLDERS:
        (package / name).mkdir(parents=True)
    (package / "checks" / "check.py").write_text("")
    (tmp_path / "site" / "torch").mkdir(parents=True)
    (tmp_path / "site" / "torch" / "version.py").write_text("")
    found = list(names())
    assert len(set(found)) == len(found)
    assert daemon.fingerprint(CourseLocation(tmp_path / "e", tmp_path / "s")) == found[-1]


def test_an_engine_imports_nothing_that_its_name_does_not_stand_for() -> None:
    code = """
import sys
import tutor.engine.service, tutor.engine.daemon, tutor.engine.forkserver, tutor.engine.warmup, tutor.checks
print(*(name for name in sys.modules if name.startswith("tutor.")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    folders = {name.split(".")[1] for name in done.stdout.split() if name.count(".") > 1}
    assert folders == set(daemon.ENGINE_FOLDERS)


def test_an_engine_that_is_out_of_date_or_cannot_be_found_has_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        door = daemon.Door(os.dup(listener.fileno()), path, 60, CourseLocation(tmp_path, tmp_path))
    assert not door.may_close(59)
    assert door.may_close(60)
    with monkeypatch.context() as patch:
        patch.setattr(daemon, "__version__", "9.9")
        assert door.may_close(0)
    assert not door.may_close(0)
    path.rename(tmp_path / "aside")
    path.write_text("another's")
    assert door.may_close(0)
    door.close()
    assert path.read_text() == "another's"


def test_a_face_that_has_just_come_keeps_the_door_open(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as face:
        listener.bind(str(path))
        listener.listen()
        door = daemon.Door(os.dup(listener.fileno()), path, 60, CourseLocation(tmp_path, tmp_path))
        face.connect(str(path))
        assert not door.close(only_if_nobody_waits=True)
        assert path.exists()
        connection = door.accept()
        assert connection is not None
        connection.close()
        assert door.close(only_if_nobody_waits=True)
        assert not path.exists()


@pytest.mark.usefixtures("fresh")
def test_an_engine_ends_when_nobody_has_been_there_for_a_while(
    folder: Path, small_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(daemon.IDLE, "0.1")
    with EngineClient(small_course.location, shared=True) as engine:
        assert check(engine, small_course).passed
        pidfd = os.pidfd_open(the_engine().pid)
        # Somebody is there, for longer than that.
        assert not select.select([pidfd], [], [], 0.5)[0]
        assert check(engine, small_course).passed
    assert select.select([pidfd], [], [], TIMEOUT_S)[0]
    os.close(pidfd)
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_a_command_that_is_killed_cancels_its_check_and_the_next_is_served(
    small_course: Course, judge: Callable[..., Verdict]
) -> None:
    with subprocess.Popen(client(small_course, ENDLESS)) as command:
        engine, worker = running()
        command.kill()
    wait_for_end(worker)
    assert judge().passed
    assert the_engine().pid == engine


def test_an_engine_that_can_fork_no_more_is_replaced(small_course: Course, judge: Callable[..., Verdict]) -> None:
    assert judge().passed
    engine = the_engine()
    (server,) = children(engine.pid)
    os.kill(server, signal.SIGKILL)
    assert judge().passed
    assert the_engine().pid != engine.pid


def test_an_engine_of_ones_own_that_can_fork_no_more_is_replaced_by_the_next_check(small_course: Course) -> None:
    engines = own_engines()
    with EngineClient(small_course.location) as engine:
        assert check(engine, small_course).passed
        (own,) = own_engines() - engines
        (server,) = children(own)
        os.kill(server, signal.SIGKILL)
        with pytest.raises(GraderError, match="the server that workers are forked from is gone"):
            check(engine, small_course)
        assert check(engine, small_course).passed


@pytest.mark.parametrize("shared", [False, True])
def test_a_face_that_fails_in_mid_answer_gets_no_old_verdict_next(small_course: Course, shared: bool) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    with EngineClient(small_course.location, shared=shared) as engine:
        with pytest.raises(ZeroDivisionError):
            engine.check(small_course.find("scale"), "x", learner="ada", seed=1, on_progress=fail)
        assert check(engine, small_course).passed


def test_the_status_of_another_version_is_read_as_far_as_it_is_known(folder: Path) -> None:
    path = folder / "another"
    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor() as pool:
        listener.bind(str(path))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b'{"status": {"judged": 7, "mood": "fine"}}\n')

        answered = pool.submit(answer)
        found = {engine.socket: engine for engine in daemon.shared_engine_status()}
        answered.result(TIMEOUT_S)
    path.unlink()
    assert (found[path].judged, found[path].course) == (7, "")


def test_a_check_waits_while_another_commands_runs(small_course: Course, judge: Callable[..., Verdict]) -> None:
    judge()
    with (
        EngineClient(small_course.location, shared=True) as one,
        EngineClient(small_course.location, shared=True) as other,
        ThreadPoolExecutor() as pool,
    ):
        runs = Event()
        first = pool.submit(check, one, small_course, ENDLESS, runs)
        assert runs.wait(TIMEOUT_S)
        second = pool.submit(check, other, small_course)
        busy = the_engine()
        assert busy.is_busy
        assert not second.done()
        one.cancel()
        with pytest.raises(Cancelled):
            first.result(TIMEOUT_S)
        assert second.result(TIMEOUT_S).passed
        assert the_engine().pid == busy.pid


def test_a_check_can_be_cancelled_while_it_waits_for_its_turn(
    small_course: Course, judge: Callable[..., Verdict]
) -> None:
    judge()
    with EngineClient(small_course.location, shared=True) as one, ThreadPoolExecutor() as pool:
        runs = Event()
        first = pool.submit(check, one, small_course, ENDLESS, runs)
        assert runs.wait(TIMEOUT_S)
        joined = daemon.join(small_course.location)
        assert joined is not None
        joined.link.send(request())
        joined.link.send({"cancel": True})
        assert joined.link.receive() == {"cancelled": True}
        joined.link.close()
        assert not first.done()
        one.cancel()
        with pytest.raises(Cancelled):
            first.result(TIMEOUT_S)


@pytest.mark.usefixtures("fresh")
def test_a_cancel_counts_while_the_engine_still_starts(small_course: Course) -> None:
    joined = daemon.join(small_course.location)
    assert joined is not None
    joined.link.send({"cancel": True})
    joined.link.send(request(ENDLESS))
    joined.link.send({"cancel": True})
    joined.link.send(request())
    replies = [joined.link.receive()]
    while replies[-1].keys().isdisjoint({"verdict", "error"}):
        replies.append(joined.link.receive())
    # The first had nothing to cancel; the second cancelled what was asked before it, and not what came after.
    assert replies[0] == {"cancelled": True}
    assert [reply["verdict"]["verdict"] for reply in replies if "verdict" in reply] == ["pass"]
    joined.link.close()
    assert joined.started is not None
    joined.started.wait()


def request(source: str = RIGHT) -> dict[str, object]:
    return {"check": "scale", "source": source, "learner": "ada", "seed": 1, "practice": False, "data": None}


def test_an_engine_that_was_killed_meanwhile_is_replaced_unnoticed(
    folder: Path, small_course: Course, judge: Callable[..., Verdict]
) -> None:
    with EngineClient(small_course.location, shared=True) as engine:
        assert check(engine, small_course).passed
        killed = the_engine().pid
        os.kill(killed, signal.SIGKILL)
        wait_for_end(killed)
        assert (folder / daemon.fingerprint(small_course.location)).exists()
        assert daemon.shared_engine_status() == ()
        assert check(engine, small_course).passed
        assert the_engine().pid != killed
    assert judge().passed


def test_an_engine_that_is_killed_in_mid_check_is_spoken_of(
    small_course: Course, judge: Callable[..., Verdict]
) -> None:
    judge()
    with EngineClient(small_course.location, shared=True) as engine, ThreadPoolExecutor() as pool:
        started = Event()
        checking = pool.submit(check, engine, small_course, ENDLESS, started)
        assert started.wait(TIMEOUT_S)
        running = the_engine()
        running.socket.with_name(f"{running.socket.name}.log").write_text("one\nMemoryError: all gone\n")
        os.kill(running.pid, signal.SIGKILL)
        with pytest.raises(GraderError, match="the engine ended unexpectedly: MemoryError: all gone"):
            checking.result(TIMEOUT_S)
        assert check(engine, small_course).passed


def test_a_check_of_which_nothing_was_said_is_asked_again_once(
    small_course: Course, judge: Callable[..., Verdict]
) -> None:
    judge()
    with EngineClient(small_course.location, shared=True) as engine, ThreadPoolExecutor() as pool:
        checking = pool.submit(check, engine, small_course, "while True: pass")
        first, _ = running()
        os.kill(first, signal.SIGKILL)
        second, _ = running(other_than=first)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(GraderError, match="the engine ended unexpectedly: it was killed"):
            checking.result(TIMEOUT_S)


@pytest.mark.parametrize("hangs", [False, True])
def test_an_engine_can_be_stopped_whatever_it_does(
    folder: Path,
    small_course: Course,
    judge: Callable[..., Verdict],
    monkeypatch: pytest.MonkeyPatch,
    hangs: bool,
) -> None:
    judge()
    monkeypatch.setattr(daemon, "END_TIMEOUT_S", 0.1)
    with EngineClient(small_course.location, shared=True) as engine, ThreadPoolExecutor() as pool:
        started = Event()
        checking = pool.submit(check, engine, small_course, ENDLESS, started)
        assert started.wait(TIMEOUT_S)
        pid = the_engine().pid
        if hangs:
            monkeypatch.setattr(daemon, "ANSWER_TIMEOUT_S", 0.1)
            os.kill(pid, signal.SIGSTOP)
            assert not the_engine().answers
        assert daemon.stop_shared_engine() == 1
        wait_for_end(pid)
        assert [path.name for path in folder.iterdir()] == ["lock"]
        with pytest.raises(GraderError):
            checking.result(TIMEOUT_S)
    assert daemon.stop_shared_engine() == 0


LISTENER = """
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listens", flush=True)
sys.stdin.read()
"""


def test_a_process_that_has_bound_the_socket_for_an_engine_to_come_is_not_taken_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A command that starts an engine listens itself until that is up; nothing but an engine may be killed.
    monkeypatch.setattr(daemon, "ANSWER_TIMEOUT_S", 0.1)
    monkeypatch.setattr(daemon, "END_TIMEOUT_S", 0.1)
    words = [sys.executable, "-c", LISTENER, str(folder / ("0" * 16))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starting:
        assert starting.stdin is not None
        assert starting.stdout is not None
        assert starting.stdout.readline() == "listens\n"
        assert [engine.pid for engine in daemon.shared_engine_status() if not engine.answers] == [0]
        daemon.stop_shared_engine()
        starting.stdin.close()
        assert starting.wait(TIMEOUT_S) == 0
    (folder / ("0" * 16)).unlink(missing_ok=True)


def test_the_command_shows_and_stops_engines(small_course: Course, judge: Callable[..., Verdict]) -> None:
    judge()
    engine = the_engine()
    shown = CliRunner().invoke(command, ["status"], standalone_mode=False)
    assert shown.return_value == 0
    assert shown.stdout.startswith(f"{engine.pid}  idle, up for ")
    assert str(small_course.location.exercises) in shown.stdout
    assert CliRunner().invoke(command, ["stop"], standalone_mode=False).stderr == "Stopped 1.\n"
    shown = CliRunner().invoke(command, ["status"], standalone_mode=False)
    assert (shown.return_value, shown.stdout, shown.stderr) == (1, "", "No engine is up.\n")
    assert CliRunner().invoke(command, ["stop"], standalone_mode=False).stderr == "No engine was up.\n"


def test_what_is_no_message_takes_only_its_sender_down(small_course: Course, judge: Callable[..., Verdict]) -> None:
    judge()
    pid = the_engine().pid
    for nonsense in (b"\xff\n", b"{\n", b"[1]\n", b"3\n"):
        with socket.socket(socket.AF_UNIX) as face:
            face.connect(str(the_engine().socket))
            face.sendall(nonsense)
            face.settimeout(TIMEOUT_S)
            assert face.recv(1) == b""
    assert judge().passed
    assert the_engine().pid == pid


def test_a_long_submission_arrives_whole(judge: Callable[..., Verdict]) -> None:
    assert judge(f"{RIGHT}\n# {'ä' * 400_000}").passed
    assert "larger than 1 MiB" in judge(f"{RIGHT}\n# {'ä' * 4_000_000}").message


def test_closing_an_engine_of_ones_own_does_not_wait_until_it_has_torch(small_course: Course) -> None:
    engine = EngineClient(small_course.location)
    engine.start()
    own = engine._engine
    engine.close()
    assert own is not None
    assert own._process.returncode == -signal.SIGTERM  # type: ignore[attr-defined]


def test_a_link_says_that_it_is_down() -> None:
    ours, theirs = socket.socketpair()
    link = Link(ours)
    is_up = [link.is_up]
    theirs.sendall(b'{"a": 1}\n')
    is_up.append(link.is_up)
    theirs.close()
    assert link.receive() == {"a": 1}
    is_up.append(link.is_up)
    link.close()
    assert [*is_up, link.is_up] == [True, True, False, False]
