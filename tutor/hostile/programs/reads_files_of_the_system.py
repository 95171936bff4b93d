# expect: fail error
# needs: landlock
import os


def spoil(right, *args):
    parent = os.getppid()
    asked = ["/etc/passwd", "/proc/1/environ", "/proc/self/environ", f"/proc/{parent}/cmdline", "/etc/hostname"]
    asked += [os.path.expanduser("~/.profile"), os.path.expanduser("~/.bashrc")]
    for path in asked:
        try:
            with open(path, "rb") as file:
                file.read(1)
        except OSError:
            continue
        return right()
    return None
