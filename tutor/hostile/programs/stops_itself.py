# expect: timeout
import os
import signal


def spoil(right, *args):
    os.kill(os.getpid(), signal.SIGSTOP)
