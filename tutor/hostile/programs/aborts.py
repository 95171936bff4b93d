# expect: error
import os


def spoil(right, *args):
    os.abort()
