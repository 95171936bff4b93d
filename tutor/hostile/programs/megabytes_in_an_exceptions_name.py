# expect: error
def spoil(right, *args):
    raise type("E" * 3_000_000, (Exception,), {})("x" * 3_000_000)
