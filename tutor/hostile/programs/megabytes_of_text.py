# expect: fail error
def spoil(right, *args):
    return "x" * 4_000_000
