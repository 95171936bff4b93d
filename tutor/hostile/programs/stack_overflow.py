# expect: error
import sys

sys.setrecursionlimit(1 << 30)


def deeper(depth):
    return sorted([depth, depth + 1], key=lambda each: deeper(depth + 1))


def spoil(right, *args):
    return deeper(0)
