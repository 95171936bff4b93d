# expect: error timeout
import os
import time


def spoil(right, *args):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)
    return None
