# expect: fail error timeout
import ctypes


def spoil(right, *args):
    libc = ctypes.CDLL(None)
    for _ in range(100_000):
        libc.fork()
    return None
