# expect: error
# Tensors without entries, whose shapes are beyond what a tensor can have.
import json
import os
import struct


def spoil(right, *args):
    value = {"tensor": ["uint8", [2**31 - 1, 2**31 - 1, 2**31 - 1, 0], 0]}
    for number in range(200):
        text = json.dumps({"dict": [["id", number], ["value", value]]}).encode()
        for descriptor in range(3, 100):
            try:
                os.write(descriptor, struct.pack("!II", len(text), 0) + text)
            except OSError:
                pass
    return None
