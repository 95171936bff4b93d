# expect: error
import ctypes


def spoil(right, *args):
    ctypes.string_at(0)
