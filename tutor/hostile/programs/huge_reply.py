# expect: error
# A reply that says that it is 8 GiB long.
import os
import struct


def spoil(right, *args):
    frame = struct.pack("!II", 0xFFFFFFFF, 0xFFFFFFFF)
    for descriptor in range(3, 100):
        rest = frame
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            pass
    return None
