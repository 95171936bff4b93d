# expect: fail error
def spoil(right, *args):
    return "x" * 3_000_000, 1, {"k" * 500_000: "\x1b]0;title\x07"}
