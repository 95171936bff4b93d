# expect: timeout
def spoil(right, *args):
    while True:
        pass
