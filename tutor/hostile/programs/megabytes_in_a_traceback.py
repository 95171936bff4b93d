# expect: error
# A reply of the right form, in which something was raised, through 20,000 lines or a few of 300,000 characters.
import json
import os
import struct


def forged(number, lines):
    raised = {"dict": [["type", "E"], ["message", "m"], ["lines", {"list": lines}]]}
    text = json.dumps({"dict": [["id", number], ["raised", raised]]}).encode()
    return struct.pack("!II", len(text), 0) + text


def spoil(right, *args):
    many = [{"list": [1, "x"]}] * 20_000
    long = [{"list": [1, "x" * 300_000]}] * 10
    for number in range(1, 9):
        frame = forged(number, many if number % 2 else long)
        for descriptor in range(3, 100):
            rest = memoryview(frame)
            try:
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            except OSError:
                pass
    return None
