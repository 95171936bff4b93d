# expect: error timeout
import os


def spoil(right, *args):
    while True:
        os.fork()
