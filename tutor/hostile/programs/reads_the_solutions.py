# expect: fail error
# needs: landlock
import os
import sys


def spoil(right, *args):
    package = os.path.dirname(sys.modules["tutor"].__file__)
    roots = [package, os.path.dirname(package)]
    try:
        with open("/proc/self/cmdline") as line:
            roots += line.read().split("\0")
    except OSError:
        pass
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in names:
                if name.endswith((".py", ".toml", ".md")):
                    try:
                        with open(os.path.join(folder, name)) as file:
                            file.read(1)
                    except OSError:
                        continue
                    return right()
        for below in ("_data/solutions", "solutions", "../solutions"):
            if os.path.isdir(os.path.join(root, below)) and os.access(os.path.join(root, below), os.R_OK):
                try:
                    os.listdir(os.path.join(root, below))
                except OSError:
                    continue
                return right()
    return None
