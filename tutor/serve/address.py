"""What the server listens on, and the address under which a browser finds it."""

from __future__ import annotations

import errno
import ipaddress
import socket

from tutor.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; with port 0 on any that is free.

    Raises:
        UsageError: it cannot be had.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise UsageError(f"there is no host '{host}'", "Without --host it is this machine alone.") from None
    family, _, _, _, address = found[0]
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                says, remedy = f"port {port} is taken", "Choose another with --port, or any free one with --port 0."
            case errno.EACCES:
                says, remedy = f"port {port} is not yours to use", "Choose one above 1023 with --port."
            case errno.EADDRNOTAVAIL:
                says, remedy = f"this machine has no address {host}", "--host 0.0.0.0 listens on all that it has."
            case _:
                says, remedy = f"nothing can listen on {host}, port {port}: {error.strerror}", ""
        raise UsageError(says, remedy) from None


def url_of(listening: socket.socket) -> str:
    """What a browser is told; where every address of the machine is listened on, its name."""
    number, port = listening.getsockname()[:2]
    if ipaddress.ip_address(number).is_unspecified:
        return f"http://{socket.gethostname()}:{port}"
    return f"http://[{number}]:{port}" if listening.family == socket.AF_INET6 else f"http://{number}:{port}"


def is_for_this_machine_alone(listening: socket.socket) -> bool:
    """Whether only programs of this machine can connect."""
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback
