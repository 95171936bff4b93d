# expect: fail error
# needs: namespaces
# Python's own server on this machine's own device: needs no network that is there.
import socket


def spoil(right, *args):
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=1).close()
    except OSError:
        return None
    return right()
