# expect: fail error
# needs: seccomp
import socket

KINDS = [
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET, socket.SOCK_DGRAM),
    (socket.AF_INET6, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
]


def spoil(right, *args):
    for kind in KINDS:
        try:
            socket.socket(*kind).close()
        except OSError:
            continue
        return right()
    try:
        socket.socketpair()
    except OSError:
        return None
    return right()
