# expect: error fail
# Frames of the right form, with values made up, for every request to come.
import json
import os
import struct


def spoil(right, *args):
    for number in range(200):
        value = {"list": [True, {"dict": []}]}
        text = json.dumps({"dict": [["id", number], ["value", value]]}).encode()
        for descriptor in range(3, 100):
            try:
                os.write(descriptor, struct.pack("!II", len(text), 0) + text)
            except OSError:
                pass
    return None
