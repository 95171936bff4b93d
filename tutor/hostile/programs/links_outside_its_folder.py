# expect: fail error
# needs: landlock
import os


def spoil(right, *args):
    for target in ("/etc/passwd", "/", "..", "/dev/shm"):
        os.symlink(target, "out")
        try:
            if os.path.isdir("out"):
                os.listdir("out")
            else:
                open("out").close()
        except OSError:
            os.unlink("out")
            continue
        return right()
    try:
        os.link("/etc/hostname", "in")
    except OSError:
        return None
    return right()
