# expect: fail error
def spoil(right, *args):
    return None
