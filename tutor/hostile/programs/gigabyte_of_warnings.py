# expect: timeout fail
import sys


def spoil(right, *args):
    for _ in range(1 << 10):
        sys.stderr.write("UserWarning: x\n" * 70_000)
    return None
