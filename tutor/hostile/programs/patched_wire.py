# expect: fail error
import sys

wire = sys.modules["tutor.engine.wire"]
wire._encode_tensor = wire._encode = lambda *args: True


def spoil(right, *args):
    return None
