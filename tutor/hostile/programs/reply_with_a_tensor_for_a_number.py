# expect: error
# In place of the number of the request that is answered, and in other places, stand tensors.
import json
import os
import struct

FORMS = [
    {"dict": [["id", {"tensor": ["uint8", [2], 0]}], ["value", True]]},
    {"dict": [["id", {"float": "nan"}], ["value", True]]},
    {"dict": [["id", True], ["value", {"tensor": ["uint8", [2], 0]}]]},
    {"tensor": ["uint8", [2], 0]},
]


def spoil(right, *args):
    for form in FORMS:
        text = json.dumps(form).encode()
        payload = b"\1\2" if "tensor" in json.dumps(form) else b""
        for descriptor in range(3, 100):
            try:
                os.write(descriptor, struct.pack("!II", len(text), len(payload)) + text + payload)
            except OSError:
                pass
    return None
