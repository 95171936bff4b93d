# expect: fail error
import os


def spoil(right, *args):
    os.remove(__file__)
    return right()
