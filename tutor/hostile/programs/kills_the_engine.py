# expect: error fail
# needs: seccomp
# It would take the engine down with it; an engine that lives on has not been reached.
import os
import signal


def spoil(right, *args):
    os.kill(os.getppid(), signal.SIGKILL)
    return None
