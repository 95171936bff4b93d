# expect: fail error timeout
import numbers


class Number(float):
    def __float__(self):
        while True:
            pass

    __index__ = __int__ = __float__


numbers.Real.register(Number)


def spoil(right, *args):
    return Number()
