# expect: error
import json
import os


def spoil(right, *args):
    for descriptor in range(3, 1000):
        try:
            os.write(descriptor, json.dumps({"verdict": {"verdict": "pass"}}).encode() + b"\n")
        except OSError:
            pass
    return None
