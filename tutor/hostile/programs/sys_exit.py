# expect: error
import sys


def spoil(right, *args):
    sys.exit(0)
