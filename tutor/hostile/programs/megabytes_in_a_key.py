# expect: fail error
def spoil(right, *args):
    return {"k" * 3_000_000: 1}
