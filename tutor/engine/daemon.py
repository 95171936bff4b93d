"""The engine that stays up: every command of a user asks the same one, so that torch is imported once. No torch here.

It listens on a Unix socket in a folder that is the user's alone. The socket's name is a fingerprint of all that makes
an engine what it is: cnn-tutor's own files, Python, torch, the course. So a face never meets an engine that is not as
new as itself; one that is out of date is asked by nobody, sees so and ends, as it does after some minutes of rest.

    FOLDER/lock                  held while an engine is started or ends
    FOLDER/8c1d53f0a9e27b44      the socket
    FOLDER/8c1d53f0a9e27b44.log  what that engine wrote to its stderr

The face that finds no engine binds the socket, and hands it to the engine that it starts: whoever comes from then on
can connect and ask, and is answered once torch is imported.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import select
import signal
import socket
import stat
import struct
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import __version__
from tutor.engine.link import Link, LinkBroken
from tutor.engine.start import EngineProcess, environment, start_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import CourseLocation

NO_DAEMON = "CNN_TUTOR_NO_DAEMON"
"""Environment variable: anything but empty or 0 gives every face an engine of its own."""
IDLE = "CNN_TUTOR_ENGINE_IDLE_S"
"""Environment variable: how long an engine that is started stays up with nobody connected, in seconds."""
DEFAULT_IDLE_S = 600.0

MAX_SOCKET_PATH = 100
"""Bytes; the system's own limit is 103 (macOS) or 107 (Linux)."""
BACKLOG = 64
CONNECT_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 5.0
END_TIMEOUT_S = 2.0

ENGINE_FOLDERS = ("checks", "course", "engine", "lab")
"""Where the modules lie that an engine imports, below ``tutor/``, besides those in it itself."""


@dataclass(frozen=True)
class Joined:
    """A connection to a shared engine.

    Attributes:
        link: the connection.
        log: where the engine's stderr goes.
        started: the process that starts it and ends at once, where it did not run before.
    """

    link: Link
    log: Path
    started: EngineProcess | None = None


@dataclass(frozen=True)
class SharedEngine:
    """A shared engine that runs.

    Attributes:
        pid: its process; 0 where that is not known, as while it starts.
        socket: where it listens.
        course: the folder of its exercises; empty where it did not answer.
        up_s: for how long it has been up, in seconds.
        judged: how many submissions it has judged.
        faces: how many faces are connected, the one that asks not counted.
        is_busy: whether it judges just now.
        answers: whether it answered; one that does not hangs in a check of the author's.
    """

    pid: int
    socket: Path
    course: str = ""
    up_s: float = 0.0
    judged: int = 0
    faces: int = 0
    is_busy: bool = True
    answers: bool = True


REPORTED = ("course", "up_s", "judged", "faces", "is_busy")
"""What an engine says of itself."""


def is_allowed() -> bool:
    """Whether faces may share an engine, as far as the environment says."""
    return os.environ.get(NO_DAEMON, "0") in ("", "0")


def join(course: CourseLocation) -> Joined | None:
    """Connect to the engine of this course, starting it where there is none.

    Returns:
        The connection, or None where no engine can be shared here: no Unix sockets, or no folder for one.
    """
    folder = shared_folder()
    if folder is None:
        return None
    path = folder / fingerprint(course)
    log = _log_of(path)
    try:
        connection = _connect(path)
        started = None
        if connection is None:
            with locked(folder):
                # Another face may have been quicker.
                if (connection := _connect(path)) is None:
                    _sweep(folder)
                    started = _start(course, path, log)
                    connection = _connect(path)
    except OSError:
        return None
    return Joined(Link(connection), log, started) if connection is not None else None


def shared_engine_status() -> tuple[SharedEngine, ...]:
    """The user's shared engines that run, whatever their course or version."""
    return tuple(found for path in _sockets() if (found := _status(path)) is not None)


def stop_shared_engine() -> int:
    """End all of the user's shared engines; a check that runs there is cut off.

    Returns:
        How many have ended.
    """
    return sum(_stop(path) for path in _sockets())


def shared_folder() -> Path | None:
    """The folder that sockets lie in, made where it does not exist; None where there can be none.

    It is the user's own, and nobody else can so much as look into it.
    """
    if not hasattr(socket, "AF_UNIX"):
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(runtime) / "cnn-tutor"] if runtime else []
    candidates.append(Path(os.environ.get("TMPDIR") or "/tmp") / f"cnn-tutor-{os.geteuid()}")
    return next((folder for folder in candidates if _is_short(folder) and _is_private(folder)), None)


def fingerprint(course: CourseLocation) -> str:
    """What stands for an engine: another one as soon as anything changes that it was made from.

    The course's own files are not in it: an engine reads them anew when they change.
    """
    package = Path(__file__).parent.parent
    parts = [__version__, sys.executable, sys.version, str(course.exercises), str(course.solutions)]
    parts += [f"{name}={value}" for name, value in sorted(environment().items())]
    files = [*package.glob("*.py"), *(file for folder in ENGINE_FOLDERS for file in (package / folder).rglob("*.py"))]
    parts += sorted(f"{file} {_stamp(file.stat())}" for file in files)
    for name in ("torch", "torchvision"):
        parts += _installed(name)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def peer(connection: socket.socket) -> tuple[int, int] | None:
    """Process and user at the other end, as the system knows them; None where it does not say (it does on Linux).

    Of a listening socket's other end the process is the one that called ``listen`` last.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    size = struct.calcsize("3i")
    pid, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return pid, user


def is_ours(connection: socket.socket) -> bool:
    """Whether the other end is this very user, as far as the system says."""
    who = peer(connection)
    return who is None or who[1] == os.geteuid()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: an engine is started, or ends, by one process at a time."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Door:
    """The engine's end of the socket: faces come in here. It decides when the engine has stayed up long enough.

    Args:
        descriptor: the listening socket.
        path: where it is bound.
        idle_s: how long to stay with nobody connected.
        course: the engine's course.
    """

    def __init__(self, descriptor: int, path: Path, idle_s: float, course: CourseLocation) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(False)
        self.idle_s = idle_s
        self._path = path
        self._course = course
        self._inode = path.stat().st_ino
        self._made_from = fingerprint(course)

    def fileno(self) -> int:
        """To wait for the next face."""
        return self._socket.fileno()

    def accept(self) -> socket.socket | None:
        """Let a face in; None where it is gone again, or another user's."""
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return None
        if not is_ours(connection):
            connection.close()
            return None
        return connection

    def may_close(self, idle_s: float) -> bool:
        """Whether an engine with nobody connected for so long has to go: its time is over, or nobody can find it."""
        return idle_s >= self.idle_s or not self._is_found() or fingerprint(self._course) != self._made_from

    def close(self, *, only_if_nobody_waits: bool = False) -> bool:
        """Take socket and log away and let nobody in any more; it is closed once only.

        Args:
            only_if_nobody_waits: stay, and say False, where a face has just connected.
        """
        if self._socket.fileno() < 0:
            return True
        with locked(self._path.parent):
            if only_if_nobody_waits and select.select([self._socket], [], [], 0)[0]:
                return False
            if self._is_found():
                _remove(self._path)
        self._socket.close()
        return True

    def _is_found(self) -> bool:
        """Whether the socket still lies where faces look for it; another engine's may lie there by now."""
        try:
            return self._path.lstat().st_ino == self._inode
        except OSError:
            return False


def _start(course: CourseLocation, path: Path, log: Path) -> EngineProcess:
    """Bind the socket and start an engine on it. The lock is held.

    Raises:
        OSError: it cannot be bound, or the process cannot be started.
    """
    # Of an engine that was killed.
    _remove(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        try:
            path.chmod(0o600)
            listener.listen(BACKLOG)
            errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                return start_engine(course, listener.fileno(), ["shared", str(path), str(_idle_s())], errors)
            finally:
                os.close(errors)
        except OSError:
            _remove(path)
            raise


def _idle_s() -> float:
    try:
        return float(os.environ.get(IDLE, DEFAULT_IDLE_S))
    except ValueError:
        return DEFAULT_IDLE_S


def _connect(path: Path) -> socket.socket | None:
    """Connect to an engine's socket; None where no engine listens there.

    Raises:
        OSError: something else is in the way, another user's process among them.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(CONNECT_TIMEOUT_S)
    try:
        connection.connect(str(path))
        if not is_ours(connection):
            raise PermissionError(f"{path} is another user's")
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    connection.settimeout(None)
    return connection


def _sweep(folder: Path) -> None:
    """Remove what engines that were killed have left. The lock is held, so that none is just being started."""
    for path in _sockets(folder):
        with suppress(OSError):
            connection = _connect(path)
            if connection is None:
                _remove(path)
            else:
                connection.close()


def _sockets(folder: Path | None = None) -> list[Path]:
    folder = folder or shared_folder()
    if folder is None:
        return []
    return sorted(path for path in folder.iterdir() if path.is_socket() and not path.is_symlink())


def _status(path: Path) -> SharedEngine | None:
    with _asked(path, "status") as asked:
        if asked is None:
            return None
        link, pid = asked
        try:
            reply = link.receive()
        except LinkBroken:
            return None
        except TimeoutError:
            return SharedEngine(pid, path, answers=False)
    # One of another version may say more, or less.
    said = reply.get("status", {}) if isinstance(reply, dict) else {}
    return SharedEngine(pid, path, **{name: said[name] for name in REPORTED if name in said})


def _stop(path: Path) -> bool:
    """End the engine that listens there, with force if it must be; False where none does."""
    with _asked(path, "stop") as asked:
        if asked is None:
            return False
        link, pid = asked
        forces = [signal.SIGTERM, signal.SIGKILL] if pid else []
        while not _is_broken(link) and forces:
            link.wait_at_most(END_TIMEOUT_S)
            with suppress(ProcessLookupError):
                os.kill(pid, forces.pop(0))
    with locked(path.parent):
        _sweep(path.parent)
    return True


def _is_broken(link: Link) -> bool:
    """Whether the engine ends within the time that the link waits."""
    try:
        link.receive()
    except LinkBroken:
        return True
    except TimeoutError:
        return False
    return False


@contextmanager
def _asked(path: Path, what: str) -> Iterator[tuple[Link, int] | None]:
    """A link to the engine that listens there, which has been asked something, and its process as far as it is known
    (else 0); None for no engine.
    """
    try:
        connection = _connect(path)
    except OSError:
        connection = None
    if connection is None:
        yield None
        return
    link, who = Link(connection), peer(connection)
    link.wait_at_most(ANSWER_TIMEOUT_S)
    try:
        with suppress(LinkBroken):
            link.send({what: True})
        yield link, who[0] if who and _is_engine(who[0], path) else 0
    finally:
        link.close()


def _is_engine(pid: int, path: Path) -> bool:
    """Whether a process is the engine of this socket. Until that is up, the command that starts it listens there."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"tutor.engine" in words and os.fsencode(path) in words


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _log_of(path).unlink(missing_ok=True)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.log")


def _is_short(folder: Path) -> bool:
    return len(os.fsencode(folder / ("0" * 16))) <= MAX_SOCKET_PATH


def _is_private(folder: Path) -> bool:
    """Whether this is a folder of ours that is closed to all others; it is made where nothing is there."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _installed(name: str) -> list[str]:
    """Where a package lies and when it was installed, without importing it; empty where it is not."""
    for folder in sys.path:
        with suppress(OSError):
            return [f"{folder}/{name} {_stamp(Path(folder, name, 'version.py').stat())}"]
    return []


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
