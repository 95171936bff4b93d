"""Each layer of the sandbox by itself, with the others off, in a process of its own; and what a worker says of them."""

from __future__ import annotations

import errno
import os
import platform
import struct
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.engine.private_folder import remove_folder
from tutor.engine.sandbox import LAYERS, landlock, namespaces, probe_layers, seccomp
from tutor.engine.sandbox.readable import OURS, readable
from tutor.engine.sandbox.syscalls import AUDIT_ARCH, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

ON = {layer.name for layer in probe_layers() if layer.on}

PREAMBLE = """
import ctypes, errno, os, socket, sys, tempfile, threading
from pathlib import Path
from tutor.engine.sandbox import landlock, namespaces, process, seccomp
from tutor.engine.sandbox.readable import readable, WRITABLE

folder = Path(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)

def outcome(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"

def system_call(number, *arguments):
    if libc.syscall(ctypes.c_long(number), *arguments) == -1:
        raise OSError(ctypes.get_errno(), "")

def tell(**attempts):
    for name, attempt in attempts.items():
        print(name, outcome(attempt))
"""


def needs(layer: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(layer not in ON, reason=f"this machine has no {layer}")


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Runs a program, and gives what it told of its attempts."""

    def told(program: str) -> dict[str, str]:
        source = PREAMBLE + textwrap.dedent(program)
        done = subprocess.run([sys.executable, "-c", source, str(tmp_path)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return dict(line.split() for line in done.stdout.splitlines())

    return told


def test_probing_names_every_layer_and_changes_nothing() -> None:
    before = (
        Path("/proc/self/status").read_text().split("Seccomp:")[1].split()[0],
        str(Path("/proc/self/ns/net").readlink()),
    )
    layers = probe_layers()
    after = (
        Path("/proc/self/status").read_text().split("Seccomp:")[1].split()[0],
        str(Path("/proc/self/ns/net").readlink()),
    )
    assert tuple(layer.name for layer in layers) == LAYERS
    assert all(layer.on != bool(layer.why) for layer in layers)
    assert before == after
    assert list(Path("/").iterdir())


def test_probing_imports_no_torch() -> None:
    code = "import sys; from tutor.engine.sandbox import probe_layers; probe_layers(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSYS, "5.13"), (errno.EOPNOTSUPP, "switched off"), (errno.EPERM, "forbids"), (errno.E2BIG, "too long")],
)
def test_why_there_is_no_landlock_is_said_in_words(number: int, says: str) -> None:
    assert says in landlock.why_off(OSError(number, os.strerror(number)))


def test_a_layer_that_the_kernel_refuses_is_off_with_the_reason_and_the_others_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*arguments: object) -> int:
        raise OSError(errno.EPERM, "not permitted")

    monkeypatch.setattr(namespaces, "enter", refused)
    monkeypatch.setattr(seccomp, "install", refused)
    layers = {layer.name: layer for layer in probe_layers()}
    assert layers["namespaces"].why == "this system lets an ordinary user make no namespaces"
    assert layers["seccomp"].why == "this system (a container, perhaps) forbids seccomp filters"
    assert {name for name, layer in layers.items() if layer.on} == ON - {"namespaces", "seccomp"}


def test_a_machine_without_a_list_of_system_calls_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    (layer,) = (layer for layer in probe_layers() if layer.name == "seccomp")
    assert not layer.on
    assert "no list of system calls for" in layer.why


def test_a_layer_that_is_there_and_lets_everything_through_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "install", lambda program: None)
    monkeypatch.setattr(landlock, "restrict", lambda ruleset: None)
    layers = {layer.name: layer for layer in probe_layers()}
    assert not layers["landlock"].on
    assert not layers["seccomp"].on
    assert "lets everything through" in layers["landlock"].why


@needs("landlock")
def test_landlock_alone_keeps_files(told: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "other").write_text("x")
    answers = told("""
        process.refuse_new_rights()
        rules = landlock.Rules(readable(), WRITABLE)
        ruleset = rules.ruleset()
        rules.add_folder(ruleset, folder / "own")
        landlock.restrict(ruleset)
        import numpy.fft, sqlite3, zoneinfo
        os.chdir(folder / "own")
        tell(
            write=lambda: open("x", "w").write("x"),
            append=lambda: open("x", "a").write("x"),
            read=lambda: open("x").read(),
            rename=lambda: os.rename("x", "y"),
            folders=lambda: os.makedirs("a/b/c"),
            list=lambda: os.listdir("."),
            link=lambda: os.symlink("..", "up"),
            remove=lambda: os.remove("y"),
            null=lambda: open("/dev/null", "w").write("x"),
            random=lambda: open("/dev/urandom", "rb").read(1),
            through=lambda: os.listdir("up"),
            above=lambda: open("../x", "w"),
            other=lambda: open("../other"),
            delete=lambda: os.remove("../other"),
            empty=lambda: os.truncate("../other", 0),
            hard=lambda: os.link("../other", "here"),
            move=lambda: os.rename("../other", "here"),
            shared=lambda: open("/dev/shm/cnn-tutor-was-here", "w"),
            root=lambda: os.listdir("/"),
            passwords=lambda: open("/etc/passwd"),
            memory=lambda: open("/proc/self/mem"),
            parent=lambda: open(f"/proc/{os.getppid()}/environ"),
            program=lambda: os.execv("/bin/true", ["true"]),
            package=lambda: open(landlock.__file__),
            home=lambda: os.listdir(Path.home()),
        )
    """)
    allowed = {"write", "append", "read", "rename", "folders", "list", "link", "remove", "null", "random"}
    assert {name for name, answer in answers.items() if answer == "done"} == allowed
    assert {answers[name] for name in answers if name not in allowed} <= {"EACCES", "EXDEV"}
    assert (tmp_path / "other").read_text() == "x"


@needs("landlock")
@pytest.mark.skipif("landlock" in ON and landlock.version() < 6, reason="an older Landlock")
def test_landlock_alone_keeps_signals_and_sockets(told: Callable[[str], dict[str, str]]) -> None:
    answers = told("""
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        heard.bind("\\0cnn-tutor-test-%d" % os.getpid())
        heard.listen()
        server = socket.create_server(("127.0.0.1", 0))
        process.refuse_new_rights()
        landlock.restrict(landlock.Rules(()).ruleset())
        tell(
            parent=lambda: os.kill(os.getppid(), 0),
            itself=lambda: os.kill(os.getpid(), 0),
            abstract=lambda: socket.socket(socket.AF_UNIX).connect("\\0cnn-tutor-test-%d" % os.getpid()),
            connect=lambda: socket.create_connection(server.getsockname(), timeout=1),
            serve=lambda: socket.create_server(("127.0.0.1", 0)),
        )
    """)
    assert answers == {
        "parent": "EPERM",
        "itself": "done",
        "abstract": "EPERM",
        "connect": "EACCES",
        "serve": "EACCES",
    }


@needs("seccomp")
def test_seccomp_alone_keeps_system_calls(told: Callable[[str], dict[str, str]]) -> None:
    answers = told("""
        import fcntl, resource, signal, subprocess
        reader, writer = os.pipe()
        process.refuse_new_rights()
        seccomp.install(seccomp.program(os.getpid()))
        thread = threading.Thread(target=lambda: None)
        x86 = os.uname().machine == "x86_64"
        tell(
            thread=lambda: (thread.start(), thread.join()),
            read=lambda: open("/etc/hostname").read(),
            write=lambda: (folder / "x").write_text("x"),
            itself=lambda: os.kill(os.getpid(), 0),
            raises=lambda: signal.raise_signal(signal.SIGCHLD),
            limit=lambda: resource.getrlimit(resource.RLIMIT_AS),
            duplicate=lambda: os.dup(reader),
            pipe=lambda: os.write(writer, b"x"),
            fork=os.fork,
            program=lambda: os.execv("/bin/true", ["true"]),
            subprocess=lambda: subprocess.run(["true"]),
            internet=lambda: socket.socket(),
            unix=lambda: socket.socketpair(),
            parent=lambda: os.kill(os.getppid(), 0),
            everyone=lambda: os.kill(-1, 0),
            mode=lambda: os.chmod(folder, 0o700),
            owner=lambda: os.chown(folder, -1, -1),
            times=lambda: os.utime(folder),
            emptied=lambda: os.open(folder / "x", os.O_RDONLY | os.O_TRUNC),
            raised=lambda: resource.prlimit(0, resource.RLIMIT_NOFILE, (10, 10)),
            signalled=lambda: fcntl.fcntl(reader, fcntl.F_SETOWN, os.getppid()),
            typed=lambda: fcntl.ioctl(0, 0x5412, b"x"),
            slow=lambda: os.sched_setaffinity(os.getppid(), {0}),
            nice=lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
            memory=lambda: os.memfd_create("x"),
            session=os.setsid,
            namespace=lambda: libc.unshare(0) and system_call(-1),
            traced=lambda: system_call(101 if x86 else 117, 0x4206, os.getppid(), 0, 0),
            namespaced_thread=lambda: system_call(56 if x86 else 220, 0x10100 | 0x40000000, 0, 0, 0, 0),
            clone3=lambda: system_call(435, 0, 0),
            tomorrow=lambda: system_call(9999),
            opened2=lambda: system_call(437, 0, 0, 0, 0),
            x32=lambda: system_call(0x40000000 | 39 if x86 else 198, 2, 1, 0),
        )
    """)
    allowed = ["thread", "read", "write", "itself", "raises", "limit", "duplicate", "pipe"]
    unknown = ["clone3", "tomorrow", "opened2"]
    expected = dict.fromkeys(allowed, "done") | dict.fromkeys(unknown, "ENOSYS")
    assert answers == dict.fromkeys(answers, "EPERM") | expected


@needs("seccomp")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="only an x86-64 kernel has a second way in")
def test_seccomp_ends_a_process_that_calls_as_a_32_bit_one(tmp_path: Path) -> None:
    # mov eax, 20 (getpid of i386); int 0x80; ret
    source = PREAMBLE + textwrap.dedent("""
        import mmap
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(bytes.fromhex("b814000000cd80c3"))
        call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        process.refuse_new_rights()
        if len(sys.argv) < 3:
            seccomp.install(seccomp.program(os.getpid()))
        call()
        print("came back")
        os._exit(0)
    """)

    def run(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-c", source, str(tmp_path), *more]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stdout

    if run("free")[1] != "came back\n":
        pytest.skip("this kernel has no 32-bit calls")
    status, said = run()
    assert status < 0
    assert said == ""


@needs("namespaces")
def test_namespaces_alone_keep_the_network_the_folder_and_shared_memory(
    told: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    answers = told("""
        server = socket.create_server(("127.0.0.1", 0))
        before = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "ipc", "mnt")]
        namespaces.enter(folder / "own")
        after = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "ipc", "mnt")]
        assert not set(before) & set(after)
        assert socket.if_nameindex() == [(1, "lo")]
        (folder / "own" / "left").write_text("behind")
        def fill():
            with open(folder / "own" / "large", "wb") as file:
                for _ in range(100):
                    file.write(bytes(1 << 20))
        def litter():
            for number in range(20_000):
                (folder / "own" / str(number)).touch()
        tell(
            connect=lambda: socket.create_connection(server.getsockname(), timeout=1),
            send=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)),
            fill=fill,
            litter=litter,
        )
    """)
    assert answers == {"connect": "ENETUNREACH", "send": "ENETUNREACH", "fill": "ENOSPC", "litter": "ENOSPC"}
    assert list((tmp_path / "own").iterdir()) == []


@needs("process")
def test_the_process_layer_alone_keeps_rights_and_memory(told: Callable[[str], dict[str, str]]) -> None:
    answers = told("""
        status = lambda: dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
        process.refuse_new_rights()
        process.hide_memory()
        process.drop_capabilities()
        now = status()
        assert now["NoNewPrivs"] == "1"
        assert {int(now[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")} == {0}
        child = os.fork()
        if child == 0:
            # Of the same user, and with no more rights than its parent.
            tell(
                memory=lambda: open(f"/proc/{os.getppid()}/mem"),
                maps=lambda: open(f"/proc/{os.getppid()}/maps"),
                environment=lambda: open(f"/proc/{os.getppid()}/environ"),
                descriptors=lambda: os.readlink(f"/proc/{os.getppid()}/fd/0"),
            )
            sys.stdout.flush()
            os._exit(libc.ptrace(0x4206, os.getppid(), None, None) == 0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "it was traced"
    """)
    assert answers == dict.fromkeys(("memory", "maps", "environment", "descriptors"), "EACCES")


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="the other tests run unprivileged already")
@needs("landlock")
@needs("seccomp")
def test_an_unprivileged_user_has_the_same_sandbox() -> None:
    source = textwrap.dedent("""
        import os, sys
        os.environ["OMP_NUM_THREADS"] = "1"
        import torch
        from tutor.engine.channel import SubmissionRaised, WorkerChannel
        from tutor.engine.forkserver import ForkServer
        from tutor.engine.sandbox.limits import Limits

        nobody = 65534
        os.setgroups([])
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)
        os.environ["TMPDIR"] = sys.argv[1]

        server = ForkServer()
        worker = WorkerChannel(server, Limits(20, 256), None)
        print(*(layer.name for layer in worker.sandbox if layer.on))

        def attempt(line):
            source = f"import os, socket, threading, torch\\n{line}"
            try:
                worker.request("load", source=source, filename="x.py", forbidden={})
            except SubmissionRaised as error:
                return error.raised.type
            return "done"

        print(attempt("open('x', 'w').write('x'); torch.zeros(2, requires_grad=True).sum().backward()"))
        print(attempt("os.fork()"))
        print(attempt("socket.socket()"))
        print(attempt("os.listdir('..')"))
        print(attempt("open('/etc/passwd')"))
        print(attempt("os.kill(os.getppid(), 0)"))
        print(attempt("[threading.Thread(target=threading.Event().wait, daemon=True).start() for _ in range(100)]"))
        worker.close()
        print(os.listdir(sys.argv[1]))
        server.close()
    """)
    # Not in pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        command = [sys.executable, "-c", source, folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    layers, *answers = done.stdout.splitlines()
    assert set(layers.split()) >= ON - {"namespaces"}
    assert answers[:6] == ["done", *["PermissionError"] * 5]
    # Threads are counted in a user namespace alone.
    assert answers[6] == ("RuntimeError" if "namespaces" in layers else "done")
    assert answers[7] == "[]"


def test_what_may_be_read_is_python_and_torch_and_nothing_of_ours() -> None:
    paths = readable()
    assert any(path.name == "torch" for path in paths)
    assert any(path.name == "encodings" for path in paths)
    outside = [
        OURS / "tutor" / "engine" / "judge.py",
        OURS / "solutions",
        OURS / "exercises",
        Path.home(),
        Path("/etc"),
    ]
    for path in outside:
        assert not [allowed for allowed in paths if path.is_relative_to(allowed)]


@pytest.mark.parametrize("machine", AUDIT_ARCH)
def test_every_system_call_of_the_lists_has_a_number_and_no_two_the_same(machine: str) -> None:
    number = numbers(machine)
    assert len(set(number.values())) == len(number)
    listed = [*seccomp.ALLOWED.split(), *seccomp.REFUSED.split()]
    assert len(set(listed)) == len(listed)
    known = {name for each in AUDIT_ARCH for name in numbers(each)}
    assert set(listed) <= known
    # What every program needs has a number everywhere; without it nothing could be imported.
    assert {"read", "write", "openat", "newfstatat", "fstat", "mmap", "futex", "exit_group"} <= number.keys()
    assert {"open", "openat", "clone", "kill", "tgkill", "prctl", "ioctl", "fcntl", "prlimit64"} <= known - set(listed)


@pytest.mark.parametrize("machine", AUDIT_ARCH)
def test_a_filter_is_made_for_either_architecture_and_jumps_inside_itself(machine: str) -> None:
    steps = list(struct.iter_unpack("=HBBI", seccomp.program(1234, machine)))
    assert len(steps) < 4096
    assert steps[1][3] == AUDIT_ARCH[machine]
    for place, (code, if_true, if_false, _) in enumerate(steps):
        if code in (seccomp.JUMP_IF_EQUAL, seccomp.JUMP_IF_AT_LEAST):
            assert place + 1 + max(if_true, if_false) < len(steps)
    assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.UNKNOWN)


@pytest.mark.parametrize("machine", AUDIT_ARCH)
def test_the_filter_answers_as_its_lists_say(machine: str) -> None:
    """The filter for either architecture, run here step by step."""
    program = seccomp.program(77, machine)
    number = numbers(machine)

    def answer(name: str, *arguments: int, architecture: int | None = None) -> int:
        call = number[name] if name in number else int(name)
        padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
        return run_filter(program, struct.pack("=IIQ6Q", call, architecture or AUDIT_ARCH[machine], 0, *padded))

    for name in seccomp.ALLOWED.split():
        if name in number:
            assert answer(name) == seccomp.ALLOW, name
    for name in seccomp.REFUSED.split():
        if name in number:
            assert answer(name) == seccomp.REFUSE, name
    assert answer("435") == answer("777") == seccomp.UNKNOWN
    assert answer("read", architecture=0x40000003) == seccomp.KILL
    assert answer("kill", 77, 9) == answer("tgkill", 77, 78, 6) == seccomp.ALLOW
    assert answer("kill", 76, 9) == answer("kill", 2**64 - 1, 9) == answer("tgkill", 76, 76, 6) == seccomp.REFUSE
    assert answer("clone", 0x3D0F00) == seccomp.ALLOW
    assert answer("clone", 0x1200011) == answer("clone", 0x3D0F00 | 0x10000000) == seccomp.REFUSE
    assert answer("prlimit64", 0, 7, 0, 4096) == seccomp.ALLOW
    assert answer("prlimit64", 0, 7, 4096) == answer("prlimit64", 0, 7, 1 << 40) == seccomp.REFUSE
    assert answer("openat", 2**32 - 100, 4096, 0o1001) == seccomp.ALLOW
    assert answer("openat", 2**32 - 100, 4096, 0o1000) == seccomp.REFUSE
    # The kernel looks at the lower half alone.
    assert answer("ioctl", 0, (1 << 32) | 0x5412) == seccomp.REFUSE
    assert answer("prctl", 15) == seccomp.ALLOW
    assert answer("prctl", 1) == seccomp.REFUSE


def run_filter(program: bytes, data: bytes) -> int:
    steps = list(struct.iter_unpack("=HBBI", program))
    place = held = 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        if code == seccomp.LOAD:
            (held,) = struct.unpack_from("=I", data, value)
        elif code == seccomp.AND:
            held &= value
        elif code == seccomp.JUMP_IF_EQUAL:
            place += if_true if held == value else if_false
        elif code == seccomp.JUMP_IF_AT_LEAST:
            place += if_true if held >= value else if_false
        else:
            assert code == seccomp.RETURN
            return int(value)


def test_a_worker_on_which_a_layer_cannot_be_put_never_runs_a_submission(tmp_path: Path) -> None:
    source = textwrap.dedent("""
        import os
        os.environ["OMP_NUM_THREADS"] = "1"
        import torch
        from tutor.engine import sandbox
        from tutor.engine.channel import WorkerChannel
        from tutor.engine.forkserver import ForkServer
        from tutor.engine.sandbox.limits import Limits
        from tutor.errors import GraderError

        def broken(self, allowed, folder, prepared):
            raise sandbox.SandboxBroken("the layer landlock cannot be put on: because")

        sandbox.Sandbox.enter = broken
        server = ForkServer()
        for _ in range(2):
            try:
                WorkerChannel(server, Limits(20, 256), None)
            except GraderError as error:
                print(error.message)
        server.close()
    """)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120, env=environment)
    assert done.stdout == 2 * "the sandbox is broken: the layer landlock cannot be put on: because\n", done.stderr
    assert list(tmp_path.iterdir()) == []


DAEMON = """
import os, time

os.makedirs("a/b")
os.chmod("a", 0)
alive, alive_end = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.write(alive_end, b"x")
        time.sleep(600)
    os._exit(0)
os.read(alive, 1)
"""


def test_what_is_missing_is_told_and_the_rest_still_holds(tmp_path: Path) -> None:
    """As on an old kernel in a container: files and processes are not kept, but what is started is killed."""
    source = textwrap.dedent("""
        import os, sys
        os.environ["OMP_NUM_THREADS"] = "1"
        import torch
        from tutor.engine import sandbox
        from tutor.engine.channel import SubmissionRaised, WorkerChannel
        from tutor.engine.forkserver import ForkServer
        from tutor.engine.sandbox.limits import Limits
        from tutor.engine.sandbox import landlock, namespaces, seccomp

        def refused(*arguments):
            raise OSError(1, "not permitted")

        namespaces.enter = landlock.version = seccomp.install = refused
        server = ForkServer()
        worker = WorkerChannel(server, Limits(20, 256), None)
        print(*(layer.name for layer in worker.sandbox if layer.on))
        print(*(layer.name for layer in worker.sandbox if layer.why))
        worker.request("load", filename="x.py", forbidden={}, source=sys.argv[1])
        try:
            worker.request("load", filename="x.py", forbidden={}, source="x = bytearray(10 << 30)")
        except SubmissionRaised as error:
            print(error.raised.type)
        worker.close()
        daemon = int(worker.printed)
        try:
            os.kill(daemon, 0)
        except ProcessLookupError:
            print("gone")
        server.close()
    """)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", source, DAEMON], capture_output=True, text=True, timeout=120, env=environment
    )
    said = ["process limits", "namespaces landlock seccomp", "MemoryError", "gone"]
    assert done.stdout.splitlines() == said, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_goes_however_deep_and_locked_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    folder.mkdir()
    (tmp_path / "kept").write_text("x")
    (folder / "out").symlink_to(tmp_path)
    (folder / "1.moved-up-to-be-removed").mkdir()
    (folder / "file").write_text("x")
    start = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(1100):
            Path("d").mkdir()
            os.chdir("d")
            Path("f" * 200).write_text("x")
            Path("out").symlink_to(tmp_path)
    finally:
        os.chdir(start)
    (folder / "d" / "d").chmod(0o300)
    (folder / "d").chmod(0)
    remove_folder(folder)
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]
