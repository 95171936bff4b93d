# expect: timeout
import itertools


def spoil(right, *args):
    return sum(itertools.repeat(0))
