# expect: error
def spoil(right, *args):
    raise KeyboardInterrupt
