# expect: error timeout
def spoil(right, *args):
    kept = []
    while True:
        kept.append(bytearray(100_000))
