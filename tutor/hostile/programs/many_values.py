# expect: fail error timeout
def spoil(right, *args):
    return list(range(3_000_000))
