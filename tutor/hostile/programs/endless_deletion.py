# expect: timeout
class Clinging:
    def __del__(self):
        while True:
            pass


def spoil(right, *args):
    Clinging()
