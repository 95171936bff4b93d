# expect: timeout fail
def spoil(right, *args):
    for _ in range(1 << 10):
        print("x" * (1 << 20))
    return None
