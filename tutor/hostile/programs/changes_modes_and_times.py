# expect: fail error
# needs: seccomp
import os


def spoil(right, *args):
    # Of the folder that ours lies in: to set what is set already changes nothing.
    mode = os.stat("..").st_mode & 0o7777
    for attempt in (lambda: os.chmod("..", mode), lambda: os.chown("..", -1, -1), lambda: os.utime(".")):
        try:
            attempt()
        except OSError:
            continue
        return right()
    return None
