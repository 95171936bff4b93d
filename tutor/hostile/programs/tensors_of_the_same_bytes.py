# expect: error
# A reply of 4000 tensors that all lie at the same 64 MiB: written out, 250 GiB.
import json
import os
import struct


def spoil(right, *args):
    many = {"dict": [["k", {"tensor": ["uint8", [64 << 20], 0]}]] * 4000}
    text = json.dumps({"dict": [["id", 2], ["value", many]]}).encode()
    frame = struct.pack("!II", len(text), 64 << 20) + text + bytes(64 << 20)
    for descriptor in range(3, 100):
        rest = memoryview(frame)
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            pass
    return None
