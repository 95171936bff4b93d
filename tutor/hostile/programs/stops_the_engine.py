# expect: error fail
# needs: seccomp
import os
import signal


def spoil(right, *args):
    os.kill(os.getppid(), signal.SIGSTOP)
    return None
