# expect: error
# Tens of thousands of tensors of no entries, in a frame that is just allowed.
import os
import struct


def spoil(right, *args):
    text = b'{"list":[' + b'{"tensor":["bool",[0],0]},' * 150_000 + b"0]}"
    frame = struct.pack("!II", len(text), 0) + text
    for descriptor in range(3, 100):
        rest = memoryview(frame)
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            pass
    return None
