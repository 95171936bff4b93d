# expect: fail error
import sys

wire = sys.modules["tutor.engine.wire"]
wire._Encoding.data_of = wire._Encoding._tensor = lambda *args: True


def spoil(right, *args):
    return None
