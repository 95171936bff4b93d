# expect: timeout
import re


def spoil(right, *args):
    return re.match(r"(a+)+$", "a" * 64 + "b")
