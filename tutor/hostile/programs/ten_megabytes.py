# expect: error
# padded: 10
def spoil(right, *args):
    return right()
