# expect: fail error
class Everything:
    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __bool__(self):
        return True

    __hash__ = None
    __iter__ = None


def spoil(right, *args):
    return Everything()
