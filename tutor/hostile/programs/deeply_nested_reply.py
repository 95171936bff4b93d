# expect: error
# A reply of nothing but brackets.
import os
import struct


def spoil(right, *args):
    frame = struct.pack("!II", 4_000_000, 0) + b"[" * 4_000_000
    for descriptor in range(3, 100):
        rest = frame
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            pass
    return None
