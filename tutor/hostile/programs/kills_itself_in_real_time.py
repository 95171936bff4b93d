# expect: error
import os


def spoil(right, *args):
    os.kill(os.getpid(), 40)
