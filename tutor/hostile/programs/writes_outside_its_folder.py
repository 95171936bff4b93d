# expect: fail error
# needs: landlock
import os


def spoil(right, *args):
    name = f"cnn-tutor-was-here-{os.getpid()}"
    for folder in ("..", "/tmp", "/var/tmp", "/dev/shm", "/run", os.path.expanduser("~"), "/"):
        path = os.path.join(folder, name)
        try:
            with open(path, "w") as file:
                file.write("x")
        except OSError:
            continue
        os.unlink(path)
        return right()
    return None
