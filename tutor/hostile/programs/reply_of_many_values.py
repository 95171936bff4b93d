# expect: error
# Half a million values, in a frame that is just allowed.
import os
import struct


def spoil(right, *args):
    frame = struct.pack("!II", 4_000_012, 0) + b'{"list":[' + b"1.5e300," * 500_000 + b"0]}"
    for descriptor in range(3, 100):
        rest = frame
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            pass
    return None
