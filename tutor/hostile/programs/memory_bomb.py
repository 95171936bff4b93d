# expect: error
def spoil(right, *args):
    return bytearray(64 << 30)
