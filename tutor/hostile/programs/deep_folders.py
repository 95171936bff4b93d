# expect: error
# Folders inside folders, locked, so that nobody can clean up.
import os


def spoil(right, *args):
    for depth in range(1000):
        os.mkdir("d", 0o300)
        os.chdir("d")
        with open("f" * 200, "w") as file:
            file.write("left behind")
    os._exit(0)
