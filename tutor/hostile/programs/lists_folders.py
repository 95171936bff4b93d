# expect: fail error
# needs: landlock
import os


def spoil(right, *args):
    for folder in ("/", "/tmp", "/etc", "/proc", "/home", os.path.expanduser("~"), ".."):
        try:
            os.listdir(folder)
        except OSError:
            continue
        return right()
    return None
