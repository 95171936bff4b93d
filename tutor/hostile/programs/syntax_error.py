# expect: error
def spoil(right, *args)
    return right()
