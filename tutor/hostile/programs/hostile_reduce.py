# expect: fail error
import os


class Pickled:
    def __reduce__(self):
        return os.system, ("touch cnn-tutor-was-here",)


def spoil(right, *args):
    return Pickled()
