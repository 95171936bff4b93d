# expect: error timeout
import os


def spoil(right, *args):
    os.execv("/bin/sh", ["sh", "-c", "sleep 1000"])
