"""The engine's process: ``python -m tutor.engine EXERCISES SOLUTIONS ROLE``, started by :mod:`tutor.engine.start`.

It imports torch once, forks the server of workers before it has read anything of the course, and then judges.

    own FD                   serves the face at the other end of this socket, and ends with it
    shared FD PATH IDLE_S    listens on this socket, bound to PATH, until nobody has been there for so long
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tutor.engine.forkserver import ForkServer


def main() -> NoReturn:
    """Run the engine; ends the process."""
    exercises, solutions, role, descriptor, *rest = sys.argv[1:]
    if role == "shared" and os.fork():
        # Nobody's child from now on: whoever started it need not wait for its end.
        os._exit(0)
    if role == "shared":
        _listen(int(descriptor))
    # What an author's checks print goes to the engine's log.
    os.dup2(2, 1)
    status = 0
    try:
        server = _start_server()
        # A face that ends its own engine closes the connection too; to that it listens from now on.
        signal.signal(signal.SIGTERM, signal.SIG_IGN if role == "own" else lambda *_: sys.exit())
        try:
            _serve(server, (exercises, solutions), int(descriptor), rest)
        finally:
            server.close()
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
        status = 1
    # Nothing is left to be done, and taking torch apart would take 200 ms.
    sys.stderr.flush()
    os._exit(status)


def _listen(descriptor: int) -> None:
    """Be the one that listens, instead of the command that has bound the socket: to others, that is who one is."""
    listener = socket.socket(fileno=descriptor)
    listener.listen()
    listener.detach()


def _start_server() -> ForkServer:
    """Import torch, and fork the server that workers are forked from."""
    # What is imported stays; looking for garbage in it meanwhile costs a tenth of the time.
    gc.disable()
    import torch

    from tutor.engine.forkserver import ForkServer
    from tutor.engine.warmup import warm_up

    torch.set_num_threads(1)
    warm_up()
    gc.freeze()
    gc.enable()
    return ForkServer()


def _serve(server: ForkServer, folders: tuple[str, str], descriptor: int, shared: list[str]) -> None:
    # Imported only now: the server, and so every worker, is forked without it.
    from tutor.course import CourseLocation
    from tutor.engine.daemon import Door
    from tutor.engine.service import Face, Service

    course = CourseLocation(Path(folders[0]), Path(folders[1]))
    match shared:
        case []:
            Service(course, server, Face(socket.socket(fileno=descriptor)), None).run()
        case [path, idle_s]:
            Service(course, server, None, Door(descriptor, Path(path), float(idle_s), course)).run()


main()
